// c-ares asks; the C library's own routines read the answers, which c-ares does one record type at a
// time.
#pragma once

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdint.h>
#include <string.h>

// c-ares' arguments in a form that Swift can fill: the union of an address node is not imported.
static inline int outage_ares_set_server(ares_channel channel, int family, const void *address,
                                         int port) {
  struct ares_addr_port_node node;
  memset(&node, 0, sizeof node);
  node.family = family;
  node.udp_port = node.tcp_port = port;
  memcpy(&node.addr, address, family == AF_INET ? sizeof(struct in_addr) : sizeof(struct ares_in6_addr));
  return ares_set_servers_ports(channel, &node);
}

// A record of an answer, in the C library's terms: where its data is, and how long.
typedef struct {
  int type;
  const unsigned char *data;
  int length;
} outage_dns_record;

// Finds the record `index` of an answer's section. Returns 0 when the answer ends before it, and -1
// when it is broken.
static inline int outage_dns_find(const unsigned char *answer, int length, int index,
                                  outage_dns_record *found) {
  ns_msg message;
  ns_rr record;
  if (ns_initparse(answer, length, &message) != 0) return -1;
  if (index >= ns_msg_count(message, ns_s_an)) return 0;
  if (ns_parserr(&message, ns_s_an, index, &record) != 0) return -1;
  found->type = ns_rr_type(record);
  found->data = ns_rr_rdata(record);
  found->length = ns_rr_rdlen(record);
  return 1;
}

// The type that a name such as "AAAA" has, or -1.
static inline int outage_dns_type(const char *name) {
  static const struct { const char *name; int type; } types[] = {
      {"A", ns_t_a},     {"AAAA", ns_t_aaaa}, {"CAA", 257},      {"CNAME", ns_t_cname},
      {"MX", ns_t_mx},   {"NS", ns_t_ns},     {"PTR", ns_t_ptr}, {"SOA", ns_t_soa},
      {"SRV", ns_t_srv}, {"TXT", ns_t_txt},   {"DS", 43},        {"DNSKEY", 48},
      {"TLSA", 52},      {"HTTPS", 65},       {"SVCB", 64},      {"ANY", ns_t_any}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcasecmp(types[i].name, name) == 0) return types[i].type;
  return -1;
}
