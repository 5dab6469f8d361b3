/* How the monitor forks the peers. */
#ifndef COHORT_MP_PEERS_H
#define COHORT_MP_PEERS_H

#include "peer_watch.h"
#include "world.h"

#include <signal.h>

enum peers_started { PEERS_STARTED, PEERS_IN_PEER, PEERS_FAILED };

/* Fork ranks 1, 2, ... Returns PEERS_IN_PEER in each of them, with `mask` and
 * the program's own actions restored. On failure, the reason is left for rank
 * 0, and some peers may have started. It fails too if rank 0 ends meanwhile. */
enum peers_started peers_start(struct peer_watch *watch, const sigset_t *mask,
                               const struct peer_sleep_actions *program);

/* Leave rank 0 the reason, with errno, for which `rank` could not start. */
void peers_failed(struct control_page *control, enum start_step step, int rank);

#endif
