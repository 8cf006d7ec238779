/* One end of an echo of messages of 60 bytes on libzmq; it speaks with its caller as EchoChild.java does:

   zmq_echo serve                 prints "ready PORT"; for each line read prints "usage CPU_NANOS"
   zmq_echo send PORT IN_FLIGHT   prints "ready"; for each line MILLIS read prints "round MESSAGES NANOS CPU_NANOS"

   The declarations are those of zmq.h, which need not be installed. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void *zmq_ctx_new(void);
void *zmq_socket(void *context, int type);
int zmq_bind(void *socket, const char *endpoint);
int zmq_connect(void *socket, const char *endpoint);
int zmq_getsockopt(void *socket, int option, void *value, size_t *length);
int zmq_recv(void *socket, void *buffer, size_t length, int flags);
int zmq_send(void *socket, const void *buffer, size_t length, int flags);

enum { DEALER = 5, ROUTER = 6, LAST_ENDPOINT = 32, SEND_MORE = 2, SIZE = 60, BUFFER = 512 };

static long long nanos(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void *echo(void *router) {
  char identity[BUFFER], message[BUFFER];
  for (;;) {
    int length = zmq_recv(router, identity, BUFFER, 0);
    zmq_send(router, identity, length, SEND_MORE);
    length = zmq_recv(router, message, BUFFER, 0);
    zmq_send(router, message, length, 0);
  }
  return NULL;
}

static void serve(void *context) {
  void *router = zmq_socket(context, ROUTER);
  char endpoint[BUFFER], line[BUFFER];
  size_t length = BUFFER;
  pthread_t thread;
  zmq_bind(router, "tcp://127.0.0.1:*");
  zmq_getsockopt(router, LAST_ENDPOINT, endpoint, &length);
  printf("ready %s\n", strrchr(endpoint, ':') + 1);
  pthread_create(&thread, NULL, echo, router);
  while (fgets(line, BUFFER, stdin)) printf("usage %lld\n", nanos(CLOCK_PROCESS_CPUTIME_ID));
}

static void send_rounds(void *context, const char *port, int in_flight) {
  void *dealer = zmq_socket(context, DEALER);
  char endpoint[BUFFER], line[BUFFER], message[BUFFER] = {0};
  snprintf(endpoint, BUFFER, "tcp://127.0.0.1:%s", port);
  zmq_connect(dealer, endpoint);
  puts("ready");
  while (fgets(line, BUFFER, stdin)) {
    long long cpu = nanos(CLOCK_PROCESS_CPUTIME_ID), start = nanos(CLOCK_MONOTONIC);
    long long end = start + atoll(line) * 1000000, received = 0;
    int left = in_flight;
    for (int i = 0; i < in_flight; i++) zmq_send(dealer, message, SIZE, 0);
    while (left > 0) {
      zmq_recv(dealer, message, BUFFER, 0);
      received++;
      if (nanos(CLOCK_MONOTONIC) < end)
        zmq_send(dealer, message, SIZE, 0);
      else
        left--;
    }
    printf("round %lld %lld %lld\n", received, nanos(CLOCK_MONOTONIC) - start, nanos(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  }
}

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count == 2 && !strcmp(arguments[1], "serve")) {
    serve(zmq_ctx_new());
  } else if (count == 4 && !strcmp(arguments[1], "send")) {
    send_rounds(zmq_ctx_new(), arguments[2], atoi(arguments[3]));
  } else {
    fputs("usage: zmq_echo serve | send PORT IN_FLIGHT\n", stderr);
    return 2;
  }
  return 0;
}
