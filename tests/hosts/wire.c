/*
 * wire N: the network between N hosts and their head, in user space, since not
 * every kernel has netem.
 *
 * Creates the TUN devices t0 to tN. The caller moves t1 to tN into the network
 * namespaces of the hosts, and keeps t0 for the head. Port i has the address
 * 10.77.0.i, and port 0 has 10.77.0.100. A line on stdin changes a port at once:
 *
 *   PORT delay MS    what leaves the port arrives MS milliseconds later
 *   PORT cut         what leaves the port, or would reach it, is lost
 *   PORT join        undoes `cut`
 *
 * Prints a line when the devices are there. Ends when stdin does.
 */
#define _GNU_SOURCE
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { PORTS = 16, PACKET_BYTES = 9216, HEAD = 100, BURST = 64 };

struct packet {
	struct packet *next;
	double at; /* when it arrives */
	size_t bytes;
	char data[];
};

/* The packets that have left a port and not arrived, in that order: the delay of
 * a port changes between tests only. */
struct port {
	int fd;
	bool cut;
	double delay;
	struct packet *first;
	struct packet **last;
};

static struct port ports[PORTS];
static int count; /* of ports */

static int fail_with(const char *what)
{
	fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
	return EXIT_FAILURE;
}

static bool create_device(int i)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "t%d", i);
	ports[i].last = &ports[i].first;
	ports[i].fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return ports[i].fd >= 0 && !ioctl(ports[i].fd, TUNSETIFF, &request);
}

/* The port to which an IPv4 packet goes; -1: none. */
static int destination(const char *data, size_t bytes)
{
	const unsigned char *to = (const unsigned char *)data + 16;

	if (bytes < 20 || (data[0] & 0xf0) != 0x40)
		return -1;
	if (to[0] != 10 || to[1] != 77 || to[2] != 0)
		return -1;
	const int port = to[3] == HEAD ? 0 : to[3];
	return port < count ? port : -1;
}

/* A packet that the device does not take is lost, as on any wire. */
static void deliver(const char *data, size_t bytes)
{
	const int to = destination(data, bytes);

	if (to >= 0 && !ports[to].cut && write(ports[to].fd, data, bytes) < 0)
		return;
}

static void delay_packet(struct port *port, const char *data, size_t bytes)
{
	struct packet *packet = malloc(sizeof(*packet) + bytes);

	if (!packet)
		return;
	*packet = (struct packet){.at = now() + port->delay, .bytes = bytes};
	memcpy(packet->data, data, bytes);
	*port->last = packet;
	port->last = &packet->next;
}

static void read_port(struct port *port)
{
	char data[PACKET_BYTES];

	for (int i = 0; i < BURST; i++) {
		const ssize_t bytes = read(port->fd, data, sizeof(data));
		if (bytes <= 0)
			return;
		if (port->cut)
			continue;
		if (port->delay > 0 || port->first)
			delay_packet(port, data, (size_t)bytes);
		else
			deliver(data, (size_t)bytes);
	}
}

/* Deliver what is due; returns the seconds until the next packet is. */
static double deliver_due(struct port *port)
{
	while (port->first) {
		struct packet *packet = port->first;
		const double left = packet->at - now();
		if (left > 0)
			return left;
		if (!port->cut)
			deliver(packet->data, packet->bytes);
		port->first = packet->next;
		if (!port->first)
			port->last = &port->first;
		free(packet);
	}
	return 1;
}

static void obey(const char *line)
{
	int i;
	char verb[8];
	double ms = 0;

	if (sscanf(line, "%d %7s %lf", &i, verb, &ms) < 2 || i < 0 ||
	    i >= count)
		fprintf(stderr, "wire: no such order: %s", line);
	else if (!strcmp(verb, "delay"))
		ports[i].delay = ms / 1e3;
	else
		ports[i].cut = !strcmp(verb, "cut");
}

/* False at the end of stdin. Each write to it is a few whole lines. */
static bool read_orders(void)
{
	char text[4096];
	const ssize_t bytes = read(STDIN_FILENO, text, sizeof(text) - 1);

	if (bytes <= 0)
		return bytes < 0 && errno == EINTR;
	text[bytes] = '\0';
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		obey(line);
	return true;
}

static bool carry(struct pollfd fds[])
{
	double wait = 1;

	for (int i = 0; i < count; i++) {
		const double left = deliver_due(&ports[i]);
		wait = left < wait ? left : wait;
	}
	/* Up to a second, and the nanoseconds stay below one. */
	const struct timespec most = {0, (long)(wait * 999999999)};
	if (ppoll(fds, (nfds_t)count + 1, &most, NULL) <= 0)
		return true;
	for (int i = 0; i < count; i++)
		if (fds[i].revents & POLLIN)
			read_port(&ports[i]);
	return !fds[count].revents || read_orders();
}

int main(int argc, char *argv[])
{
	struct pollfd fds[PORTS + 1];

	count = argc == 2 ? atoi(argv[1]) + 1 : 0;
	if (count < 1 || count > PORTS) {
		fprintf(stderr, "usage: wire N, up to %d\n", PORTS - 1);
		return EXIT_FAILURE;
	}
	for (int i = 0; i < count; i++) {
		if (!create_device(i))
			return fail_with("/dev/net/tun");
		fds[i] = (struct pollfd){ports[i].fd, POLLIN, 0};
	}
	fds[count] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
	puts("ready");
	fflush(stdout);
	while (carry(fds))
		;
	return EXIT_SUCCESS;
}
