// What probing costs at the least: libcurl's multi interface over epoll and nothing around it. No
// log, no detector, no names to resolve. `bench-probing` holds the daemon against it.
//
//   bare tcp|http PORT RATE COUNT ADDRESSES TIMEOUT_MS even|scattered
//     probes so many 127.x.y.z in turn: at even distances, or scattered over the milliseconds as by
//     chance, which costs a little less, since some wake up together
//   bare silent PORT
//     listens on all addresses and never answers

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SOCKETS = 1 << 20, MOST_EVENTS = 256 };

static CURLM *multi;
static int epoll, running;
// When libcurl wants to be called though no socket moved; negative when it does not.
static long long timer = -1;
// The sockets that epoll knows.
static unsigned char known[MOST_SOCKETS];
// Handles at rest, with all options set but the URL.
static CURL *idle[MOST_SOCKETS];
static int resting;

static void check(int is_good, const char *what) {
  if (is_good) return;
  perror(what);
  exit(1);
}

static long long milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static double processor_microseconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + used.ru_utime.tv_usec +
         used.ru_stime.tv_usec;
}

static int socket_changed(CURL *easy, curl_socket_t socket, int what, void *context, void *mark) {
  (void)easy, (void)context, (void)mark;
  if (what == CURL_POLL_REMOVE) {
    // It is closed before anybody waits again, and that takes it out of epoll too.
    known[socket] = 0;
    return 0;
  }
  struct epoll_event event = {.data.fd = socket};
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  epoll_ctl(epoll, known[socket] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
  known[socket] = 1;
  return 0;
}

static int timer_changed(CURLM *of, long wait, void *context) {
  (void)of, (void)context;
  timer = wait < 0 ? -1 : wait == 0 ? 0 : milliseconds() + wait;
  return 0;
}

static size_t discard(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes, (void)context;
  return size * count;
}

static CURL *make(int connects_only, long timeout) {
  CURL *easy = curl_easy_init();
  check(easy != NULL, "curl_easy_init");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
  curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, (long)connects_only);
  return easy;
}

static int earlier(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

// When each probe is due, in milliseconds after the start.
static long *places(long rate, long count, int is_even) {
  long *due = malloc((size_t)count * sizeof *due);
  check(due != NULL, "malloc");
  for (long k = 0; k < count; k++) due[k] = (is_even ? k : random() % count) * 1000 / rate;
  qsort(due, (size_t)count, sizeof *due, earlier);
  return due;
}

// Open loop: a probe is sent when it is due, whatever became of those before it.
static void probe(int connects_only, const char *port, const long *due, long count, long addresses,
                  long timeout) {
  check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "curl_global_init");
  multi = curl_multi_init();
  epoll = epoll_create1(EPOLL_CLOEXEC);
  check(multi != NULL && epoll >= 0, "epoll_create1");
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);

  static struct epoll_event events[MOST_EVENTS];
  long sent = 0, ended = 0, failed = 0;
  double before = processor_microseconds();
  long long start = milliseconds();
  for (;;) {
    long long now = milliseconds();
    for (; sent < count && start + due[sent] <= now; sent++) {
      CURL *easy = resting > 0 ? idle[--resting] : make(connects_only, timeout);
      unsigned address = 0x401 + (unsigned)(sent % addresses);  // from 127.0.4.1 on
      char url[64];
      snprintf(url, sizeof url, "http://127.%u.%u.%u:%s/", address >> 16, address >> 8 & 255,
               address & 255, port);
      curl_easy_setopt(easy, CURLOPT_URL, url);
      curl_multi_add_handle(multi, easy);
    }
    if (timer >= 0 && timer <= now) {
      timer = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left))) {
      CURL *easy = message->easy_handle;
      if (message->data.result != CURLE_OK) failed++;
      curl_multi_remove_handle(multi, easy);
      idle[resting++] = easy;
      ended++;
    }
    if (ended == count) break;
    long long next = sent < count ? start + due[sent] : now + timeout;
    if (timer >= 0 && timer < next) next = timer;
    int ready = epoll_wait(epoll, events, MOST_EVENTS, next > now ? (int)(next - now) : 0);
    for (int i = 0; i < ready; i++) {
      int mask = 0;
      if (events[i].events & EPOLLIN) mask |= CURL_CSELECT_IN;
      if (events[i].events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
      if (events[i].events & (EPOLLERR | EPOLLHUP)) mask |= CURL_CSELECT_ERR;
      curl_multi_socket_action(multi, events[i].data.fd, mask, &running);
    }
  }
  double used = processor_microseconds() - before;
  printf("%.2f us a probe, %ld probes, %ld failed\n", used / ended, ended, failed);
}

// The kernel takes in the first connection or two, and drops all others before they are made.
static void keep_silent(const char *port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)atoi(port)),
                                .sin_addr.s_addr = htonl(INADDR_ANY)};
  check(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
  check(listen(listener, 0) == 0, "listen");
  for (;;) pause();
}

int main(int words, char **word) {
  if (words == 3 && strcmp(word[1], "silent") == 0) keep_silent(word[2]);
  int connects_only = words == 8 && strcmp(word[1], "tcp") == 0;
  if (!connects_only && (words != 8 || strcmp(word[1], "http") != 0)) {
    fprintf(stderr, "bare tcp|http PORT RATE COUNT ADDRESSES TIMEOUT_MS even|scattered\n"
                    "bare silent PORT\n");
    return 64;
  }
  long count = atol(word[4]);
  const long *due = places(atol(word[3]), count, strcmp(word[7], "even") == 0);
  probe(connects_only, word[2], due, count, atol(word[5]), atol(word[6]));
  return 0;
}
