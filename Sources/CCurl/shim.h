// libcurl's variadic setters and getters, given types: Swift cannot call variadic functions.
#include <curl/curl.h>
#include <pthread.h>
#include <time.h>

// glibc's, which its header shows to programs that define _GNU_SOURCE only.
extern int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *deadline);

static inline CURLcode martlet_setopt_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_setopt_int64(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_setopt_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_setopt_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_setopt_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_setopt_blob(CURL *easy, CURLoption option, struct curl_blob *value) {
    return curl_easy_setopt(easy, option, value);
}
typedef size_t (*martlet_data_function)(char *, size_t, size_t, void *);
static inline CURLcode martlet_setopt_function(CURL *easy, CURLoption option, martlet_data_function value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode martlet_getinfo_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode martlet_getinfo_int64(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode martlet_getinfo_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLMcode martlet_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
