// What Swift needs of libcurl and Linux and cannot import by itself.
#pragma once

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

// libcurl's setters and getters are variadic, which Swift cannot call; libcurl's type-checking macros
// around them would refuse a wrapper's arguments, so they are called by their bare names.
static inline CURLcode outage_easy_set_long(CURL *easy, CURLoption option, long value) {
  return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode outage_easy_set_text(CURL *easy, CURLoption option, const char *value) {
  return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode outage_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
  return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode outage_easy_set_write(CURL *easy, curl_write_callback function) {
  return (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, function);
}
static inline CURLcode outage_easy_set_open_socket(CURL *easy, curl_opensocket_callback function,
                                                   void *context) {
  (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, context);
  return (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}
static inline CURLcode outage_easy_get_long(CURL *easy, CURLINFO info, long *value) {
  return (curl_easy_getinfo)(easy, info, value);
}
static inline CURLcode outage_easy_get_time(CURL *easy, CURLINFO info, curl_off_t *value) {
  return (curl_easy_getinfo)(easy, info, value);
}
static inline CURLMcode outage_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return (curl_multi_setopt)(multi, option, value);
}
static inline CURLMcode outage_multi_set_socket(CURLM *multi, curl_socket_callback function,
                                                void *context) {
  (curl_multi_setopt)(multi, CURLMOPT_SOCKETDATA, context);
  return (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, function);
}
static inline CURLMcode outage_multi_set_timer(CURLM *multi, curl_multi_timer_callback function,
                                               void *context) {
  (curl_multi_setopt)(multi, CURLMOPT_TIMERDATA, context);
  return (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, function);
}
// The union in CURLMsg and the bit-flag macros of epoll are not imported either.
static inline CURLcode outage_message_result(const CURLMsg *message) { return message->data.result; }
