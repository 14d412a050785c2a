// What Swift needs of libcurl, and of OpenSSL under it, and cannot import by itself.
#pragma once

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

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
static inline CURLcode outage_easy_get_text(CURL *easy, CURLINFO info, const char **value) {
  return (curl_easy_getinfo)(easy, info, value);
}
static inline CURLcode outage_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
  return (curl_easy_getinfo)(easy, info, value);
}
static inline CURLcode outage_easy_set_header(CURL *easy, curl_write_callback function,
                                              void *context) {
  (curl_easy_setopt)(easy, CURLOPT_HEADERDATA, context);
  return (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, function);
}
static inline CURLcode outage_easy_set_debug(CURL *easy, curl_debug_callback function,
                                             void *context) {
  (curl_easy_setopt)(easy, CURLOPT_DEBUGDATA, context);
  return (curl_easy_setopt)(easy, CURLOPT_DEBUGFUNCTION, function);
}
static inline CURLSHcode outage_share_names(CURLSH *share) {
  return (curl_share_setopt)(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
}

// What is seen of a chain of certificates while it is verified: libcurl lets go of the connection
// before the probe is done.
typedef struct {
  int is_known;
  // Until the first certificate of the chain expires.
  long seconds_left;
} outage_chain;

static inline void outage_chain_see(outage_chain *seen, const X509 *certificate) {
  int days = 0, seconds = 0;
  if (!ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate))) return;
  long left = days * 86400L + seconds;
  if (!seen->is_known || left < seen->seconds_left) seen->seconds_left = left;
  seen->is_known = 1;
}
static int outage_verify(X509_STORE_CTX *context, void *seen) {
  int is_right = X509_verify_cert(context);
  STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);
  int count = chain ? sk_X509_num(chain) : 0;
  for (int i = 0; i < count; i++) outage_chain_see(seen, sk_X509_value(chain, i));
  if (count == 0 && X509_STORE_CTX_get0_cert(context))
    outage_chain_see(seen, X509_STORE_CTX_get0_cert(context));
  return is_right;
}
static CURLcode outage_watch_chain(CURL *easy, void *context, void *seen) {
  (void)easy;
  SSL_CTX_set_cert_verify_callback(context, outage_verify, seen);
  return CURLE_OK;
}
static inline CURLcode outage_easy_see_chain(CURL *easy, outage_chain *seen) {
  (curl_easy_setopt)(easy, CURLOPT_SSL_CTX_DATA, seen);
  return (curl_easy_setopt)(easy, CURLOPT_SSL_CTX_FUNCTION, outage_watch_chain);
}

// What of a client's files cannot be used, and why; nothing when all can.
typedef enum {
  outage_pem_fine,
  outage_pem_authorities,
  outage_pem_certificate,
  outage_pem_key,
  outage_pem_pair,
} outage_pem;

// Nobody is asked for the passphrase of a key: the program may have no terminal.
static int outage_no_passphrase(char *buffer, int size, int is_writing, void *context) {
  (void)buffer, (void)size, (void)is_writing, (void)context;
  return 0;
}
static inline outage_pem outage_pem_check(const char *authorities, const char *certificate,
                                          const char *key, const char **reason) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  if (!context) return outage_pem_fine;
  SSL_CTX_set_default_passwd_cb(context, outage_no_passphrase);
  ERR_clear_error();
  outage_pem found = outage_pem_fine;
  if (authorities && !SSL_CTX_load_verify_locations(context, authorities, NULL))
    found = outage_pem_authorities;
  // A key that comes before its certificate is not yet held against it.
  else if (key && !SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM))
    found = outage_pem_key;
  else if (certificate && !SSL_CTX_use_certificate_chain_file(context, certificate))
    found = outage_pem_certificate;
  else if (certificate && key && !SSL_CTX_check_private_key(context))
    found = outage_pem_pair;
  *reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  SSL_CTX_free(context);
  return found;
}

// The union in CURLMsg is not imported either.
static inline CURLcode outage_message_result(const CURLMsg *message) { return message->data.result; }
