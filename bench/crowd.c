#define _GNU_SOURCE /* accept4, struct ucred */
#include "crowd.h"

#include "machine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool crowd_open(struct crowd *crowd, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path)) {
		fprintf(stderr, "%s: too long for a socket\n", path);
		return false;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	crowd->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (crowd->listener < 0 ||
	    bind(crowd->listener, (struct sockaddr *)&address,
	         sizeof(address)) ||
	    listen(crowd->listener, PEERS_MOST)) {
		perror(path);
		return false;
	}
	return true;
}

static void welcome(struct crowd *crowd)
{
	struct ucred who;
	socklen_t bytes = sizeof(who);
	const int fd = accept4(crowd->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (crowd->peer_count == PEERS_MOST ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &bytes)) {
		close(fd);
		return;
	}
	crowd->polls[crowd->peer_count].fd = fd;
	crowd->polls[crowd->peer_count].revents = 0;
	crowd->peers[crowd->peer_count++] = (struct peer){.process = who.pid};
}

/* The last one takes its place. */
static void part_with(struct crowd *crowd, int i)
{
	const struct peer *peer = &crowd->peers[i];

	if (peer->contender) {
		peer->contender->here--;
		peer->contender->ready -= peer->ready;
		peer->contender->lost = true;
	}
	close(crowd->polls[i].fd);
	crowd->peer_count--;
	crowd->peers[i] = crowd->peers[crowd->peer_count];
	crowd->polls[i] = crowd->polls[crowd->peer_count];
}

/* The contender of that name, if it still lacks ranks. */
static struct contender *find(struct crowd *crowd, const char *name)
{
	for (int i = 0; i < crowd->contender_count; i++) {
		struct contender *contender = &crowd->contenders[i];
		if (!strncmp(contender->name, name, TURNS_NAME_BYTES) &&
		    !contender->out && contender->here < contender->ranks)
			return contender;
	}
	return NULL;
}

/* A peer has sent something, or has gone: then 0 bytes come, or an error. */
static void hear(struct crowd *crowd, int i)
{
	struct peer *peer = &crowd->peers[i];
	struct turns_ready message;
	const ssize_t got =
	    recv(crowd->polls[i].fd, &message, sizeof(message), MSG_DONTWAIT);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got == sizeof(message) && !peer->contender) {
		peer->contender = find(crowd, message.contender);
		if (peer->contender)
			peer->contender->here++;
	}
	if (got != sizeof(message) || !peer->contender || peer->ready) {
		part_with(crowd, i);
		return;
	}
	peer->ready = true;
	peer->contender->ready++;
	peer->contender->measure = message.measure;
}

static void dismiss_incomplete(struct crowd *crowd)
{
	for (int i = 0; i < crowd->contender_count; i++) {
		struct contender *contender = &crowd->contenders[i];
		if (contender->out || !contender->lost ||
		    contender->ready < contender->here)
			continue;
		if (contender->measure != TURNS_END)
			fprintf(stderr, "%s: left before its end\n",
			        contender->name);
		crowd_dismiss(crowd, contender, LET_GO);
	}
}

bool crowd_look(struct crowd *crowd, double deadline)
{
	const double left = deadline - machine_seconds();
	const int count = crowd->peer_count;

	if (left <= 0)
		return false;
	for (int i = 0; i < count; i++)
		crowd->polls[i].events = POLLIN;
	crowd->polls[count] =
	    (struct pollfd){.fd = crowd->listener, .events = POLLIN};
	if (poll(crowd->polls, (nfds_t)count + 1, (int)(left * 1e3) + 1) <= 0)
		return true;
	const bool comes = crowd->polls[count].revents;
	/* From the end, since what is taken out is filled from there. */
	for (int i = count - 1; i >= 0; i--)
		if (crowd->polls[i].revents)
			hear(crowd, i);
	if (comes)
		welcome(crowd);
	dismiss_incomplete(crowd);
	return true;
}

/* Who has gone meanwhile is noticed by the next look. */
void crowd_go(struct crowd *crowd, struct contender *contender)
{
	const char go = 1;

	contender->ready = 0;
	for (int i = 0; i < crowd->peer_count; i++) {
		if (crowd->peers[i].contender != contender)
			continue;
		crowd->peers[i].ready = false;
		(void)!send(crowd->polls[i].fd, &go, sizeof(go),
		            MSG_NOSIGNAL | MSG_DONTWAIT);
	}
}

void crowd_dismiss(struct crowd *crowd, struct contender *contender,
                   enum dismissal how)
{
	contender->out = true;
	for (int i = crowd->peer_count - 1; i >= 0; i--) {
		if (crowd->peers[i].contender != contender)
			continue;
		/* It lives: else its end of the connection would be closed. */
		if (how == STOP_THEM && crowd->peers[i].process > 0)
			kill(crowd->peers[i].process, SIGKILL);
		part_with(crowd, i);
	}
}
