// What Swift cannot import of Linux by itself: epoll, signalfd, and the control messages of sockets,
// which are made and read by macros.
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>

// The kernel's in6_pktinfo, which the C library declares for GNU programs alone.
typedef struct {
  struct in6_addr address;
  unsigned interface;
} outage_in6_pktinfo;

// What came out of a socket for ICMP: a packet, or the error that one of ours has met.
typedef struct {
  long length;
  // When the kernel had it, in nanoseconds of CLOCK_REALTIME; 0 when it does not say.
  int64_t received;
  // Of an error: the system's number, the message's type and code, and who sent it.
  int error;
  int type;
  int code;
  struct sockaddr_storage offender;
} outage_echo;

static inline int outage_echo_options(int socket, int family) {
  int on = 1;
  // The answers of ten thousand may come at once. More than the system grants takes a privilege.
  int room = 8 << 20;
  if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room))
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  return family == AF_INET ? setsockopt(socket, IPPROTO_IP, IP_RECVERR, &on, sizeof on)
                           : setsockopt(socket, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
}

// Sends a packet, from an address of ours or through an interface where that is wanted.
static inline long outage_echo_send(int socket, const struct sockaddr *to, socklen_t length,
                                    const void *packet, size_t size, const struct sockaddr *from,
                                    unsigned interface) {
  struct iovec part = {(void *)packet, size};
  union {
    char bytes[CMSG_SPACE(sizeof(outage_in6_pktinfo))];
    struct cmsghdr aligned;
  } control;
  struct msghdr message = {(void *)to, length, &part, 1, NULL, 0, 0};
  if (from || interface) {
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (to->sa_family == AF_INET) {
      struct in_pktinfo info = {(int)interface, {0}, {0}};
      if (from) info.ipi_spec_dst = ((const struct sockaddr_in *)from)->sin_addr;
      header->cmsg_level = IPPROTO_IP;
      header->cmsg_type = IP_PKTINFO;
      header->cmsg_len = CMSG_LEN(sizeof info);
      memcpy(CMSG_DATA(header), &info, sizeof info);
      message.msg_controllen = CMSG_SPACE(sizeof info);
    } else {
      outage_in6_pktinfo info;
      memset(&info, 0, sizeof info);
      info.interface = interface;
      if (from) info.address = ((const struct sockaddr_in6 *)from)->sin6_addr;
      header->cmsg_level = IPPROTO_IPV6;
      header->cmsg_type = IPV6_PKTINFO;
      header->cmsg_len = CMSG_LEN(sizeof info);
      memcpy(CMSG_DATA(header), &info, sizeof info);
    }
  }
  return sendmsg(socket, &message, MSG_DONTWAIT);
}

// Receives a packet, or with MSG_ERRQUEUE an error. Returns -1 when there is none.
static inline int outage_echo_receive(int socket, int flags, void *packet, size_t size,
                                      outage_echo *echo) {
  struct iovec part = {packet, size};
  char control[512];
  struct msghdr message = {NULL, 0, &part, 1, control, sizeof control, 0};
  memset(echo, 0, sizeof *echo);
  echo->length = recvmsg(socket, &message, flags | MSG_DONTWAIT);
  if (echo->length < 0) return -1;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec time;
      memcpy(&time, CMSG_DATA(header), sizeof time);
      echo->received = time.tv_sec * 1000000000LL + time.tv_nsec;
    } else if ((header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR) ||
               (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR)) {
      struct sock_extended_err error;
      memcpy(&error, CMSG_DATA(header), sizeof error);
      echo->error = error.ee_errno;
      echo->type = error.ee_type;
      echo->code = error.ee_code;
      if (error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6) {
        size_t room = header->cmsg_len - CMSG_LEN(sizeof error);
        memcpy(&echo->offender, CMSG_DATA(header) + sizeof error,
               room < sizeof echo->offender ? room : sizeof echo->offender);
      }
    }
  }
  return 0;
}
