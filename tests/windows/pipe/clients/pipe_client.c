/*
 * Clients of a named pipe that speak to it as plainly as Windows lets them: in bytes, one overlapped handle
 * each.
 *
 *   pipe_client echo PIPE BYTES        sends that many bytes while it reads them back, and compares
 *   pipe_client slow PIPE MILLISECONDS waits, then reads to the end; prints the count of bytes and how they
 * ended pipe_client ignore PIPE            sends a request and never reads pipe_client vanish PIPE sends a
 * part of a request and is gone, without closing anything pipe_client burst PIPE CLIENTS     all at once;
 * prints how long the unluckiest of them found the pipe busy pipe_client hold PIPE CLIENTS      that many
 * stay open, each is answered, until stdin ends pipe_client churn PIPE CLIENTS     one after the other
 *   pipe_client rtt PIPE ROUNDS, connect PIPE ROUNDS, down PIPE BYTES, up PIPE BYTES
 *                                      measures against the engine of named_pipe_engine.ts: microseconds a
 * line, or MB/s
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum {
  RETRY_MILLISECONDS = 10, /* as Go programs do */
  BLOCK_BYTES = 32 * 1024, /* what Go programs and most others read at a time */
  STACK_BYTES = 64 * 1024,
  MAXIMUM_CLIENTS = 4096,
};

static const char PARTIAL_REQUEST[] = "POST /images/load HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc";

static const char *pipe_name;

static void fail(const char *what) {
  fprintf(stderr, "Cannot %s: error %lu\n", what, GetLastError());
  ExitProcess(1);
}

static double microseconds(void) {
  LARGE_INTEGER frequency, count;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&count);
  return 1e6 * (double)count.QuadPart / (double)frequency.QuadPart;
}

/* How often the pipe was busy in this thread's last call of dial(). */
static _Thread_local LONG busy_answers;

/* Connects; any answer but "busy" is fatal, above all that there is no such pipe. */
static HANDLE dial(void) {
  busy_answers = 0;
  for (;;) {
    HANDLE pipe = CreateFileA(pipe_name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED, NULL);
    if (pipe != INVALID_HANDLE_VALUE) return pipe;
    if (GetLastError() != ERROR_PIPE_BUSY) fail("connect");
    busy_answers++;
    Sleep(RETRY_MILLISECONDS);
  }
}

static OVERLAPPED *overlapped(void) {
  static _Thread_local OVERLAPPED own;
  HANDLE event = own.hEvent ? own.hEvent : CreateEventA(NULL, TRUE, FALSE, NULL);
  memset(&own, 0, sizeof own);
  own.hEvent = event;
  return &own;
}

static void send_all(HANDLE pipe, const char *bytes, DWORD count) {
  OVERLAPPED *waiting = overlapped();
  DWORD sent;
  if (!WriteFile(pipe, bytes, count, NULL, waiting) && GetLastError() != ERROR_IO_PENDING) fail("write");
  if (!GetOverlappedResult(pipe, waiting, &sent, TRUE) || sent != count) fail("write");
}

/* Bytes of one read; 0 for an empty message, -1 if the server has closed. */
static long receive(HANDLE pipe, char *bytes, DWORD room) {
  OVERLAPPED *waiting = overlapped();
  DWORD count = 0;
  BOOL done = ReadFile(pipe, bytes, room, NULL, waiting) || GetLastError() == ERROR_IO_PENDING;
  if (done) done = GetOverlappedResult(pipe, waiting, &count, TRUE);
  if (done || GetLastError() == ERROR_MORE_DATA) return (long)count;
  if (GetLastError() == ERROR_BROKEN_PIPE) return -1;
  fail("read");
  return -1;
}

static void receive_count(HANDLE pipe, char *bytes, DWORD room, long long count) {
  while (count > 0) {
    long length = receive(pipe, bytes, room);
    if (length <= 0) fail("read all that was announced");
    count -= length;
  }
}

/* One request and its answer, of one byte each. */
static void ping(HANDLE pipe) {
  char answer[1];
  send_all(pipe, "P", 1);
  receive_count(pipe, answer, sizeof answer, 1);
}

static char pattern(long long position) {
  return (char)(position * 31 + (position >> 13));
}

struct upload {
  HANDLE pipe;
  long long bytes;
};

static DWORD WINAPI upload(void *argument) {
  struct upload *work = argument;
  static char block[BLOCK_BYTES];
  for (long long at = 0; at < work->bytes;) {
    DWORD count = (DWORD)(work->bytes - at < BLOCK_BYTES ? work->bytes - at : BLOCK_BYTES);
    for (DWORD index = 0; index < count; index++) block[index] = pattern(at + index);
    send_all(work->pipe, block, count);
    at += count;
  }
  return 0;
}

static void echo(long long bytes) {
  static char block[BLOCK_BYTES];
  struct upload work = {dial(), bytes};
  HANDLE thread = CreateThread(NULL, 0, upload, &work, 0, NULL);
  for (long long at = 0; at < bytes;) {
    long count = receive(work.pipe, block, sizeof block);
    if (count <= 0) fail("read the echo");
    for (long index = 0; index < count; index++, at++) {
      if (block[index] != pattern(at)) fail("recognize the echo");
    }
  }
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(work.pipe);
  printf("%lld bytes\n", bytes);
}

static void slow(long milliseconds) {
  static char block[BLOCK_BYTES];
  HANDLE pipe = dial();
  send_all(pipe, "S", 1);
  Sleep(milliseconds);
  long long total = 0;
  long count;
  while ((count = receive(pipe, block, sizeof block)) > 0) total += count;
  printf("%lld bytes, then %s\n", total, count == 0 ? "the end" : "closed");
}

static volatile LONG longest_wait, starting;

static DWORD WINAPI burst_client(void *argument) {
  (void)argument;
  InterlockedDecrement(&starting);
  while (starting > 0) Sleep(0);
  HANDLE pipe = dial();
  /* Not by the clock: a busy machine lets threads stand still. */
  LONG wait = busy_answers * RETRY_MILLISECONDS;
  ping(pipe);
  for (LONG longest = longest_wait; wait > longest; longest = longest_wait) {
    if (InterlockedCompareExchange(&longest_wait, wait, longest) == longest) break;
  }
  CloseHandle(pipe);
  return 0;
}

static void burst(int clients) {
  static HANDLE threads[MAXIMUM_CLIENTS];
  starting = clients;
  for (int index = 0; index < clients; index++) {
    threads[index] =
        CreateThread(NULL, STACK_BYTES, burst_client, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    if (threads[index] == NULL) fail("start a thread");
  }
  for (int index = 0; index < clients; index++) WaitForSingleObject(threads[index], INFINITE);
  printf("%d clients, longest wait %ld ms\n", clients, longest_wait);
}

static void hold(int clients) {
  static HANDLE pipes[MAXIMUM_CLIENTS];
  for (int index = 0; index < clients; index++) pipes[index] = dial();
  for (int index = 0; index < clients; index++) ping(pipes[index]);
  printf("%d open\n", clients);
  fflush(stdout);
  while (getchar() != EOF) continue;
  for (int index = 0; index < clients; index++) ping(pipes[index]);
  printf("%d answered\n", clients);
}

static void churn(int clients) {
  for (int index = 0; index < clients; index++) {
    HANDLE pipe = dial();
    ping(pipe);
    CloseHandle(pipe);
  }
  printf("%d clients\n", clients);
}

static const char PING[] = "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n";
static const char PONG[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

/* A request of HTTP without a body, and its answer. */
static void http_ping(HANDLE pipe) {
  char answer[sizeof PONG];
  send_all(pipe, PING, sizeof PING - 1);
  receive_count(pipe, answer, sizeof answer, sizeof PONG - 1);
}

static void rtt(int rounds) {
  HANDLE pipe = dial();
  for (int round = 0; round < rounds; round++) {
    double begun = microseconds();
    http_ping(pipe);
    printf("%.1f\n", microseconds() - begun);
  }
}

static void connect_rounds(int rounds) {
  for (int round = 0; round < rounds; round++) {
    double begun = microseconds();
    HANDLE pipe = dial();
    http_ping(pipe);
    CloseHandle(pipe);
    printf("%.1f\n", microseconds() - begun);
  }
}

/* One body of that many bytes, a multiple of BLOCK_BYTES, to or from the server. */
static void transfer(int upload, long long bytes) {
  static char block[BLOCK_BYTES], head[256];
  HANDLE pipe = dial();
  http_ping(pipe);
  double begun = microseconds();
  if (upload) {
    const char *format = "POST /images/load HTTP/1.1\r\nHost: docker\r\nContent-Length: %lld\r\n\r\n";
    send_all(pipe, head, (DWORD)snprintf(head, sizeof head, format, bytes));
    for (long long left = bytes; left > 0; left -= BLOCK_BYTES) send_all(pipe, block, BLOCK_BYTES);
    receive_count(pipe, block, sizeof block, sizeof PONG - 1);
  } else {
    send_all(pipe, head,
             (DWORD)snprintf(head, sizeof head, "GET /images/get?bytes=%lld HTTP/1.1\r\nHost: docker\r\n\r\n",
                             bytes));
    int length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\n\r\n", bytes);
    receive_count(pipe, block, sizeof block, length + bytes);
  }
  printf("%.1f\n", (double)bytes / (microseconds() - begun)); /* bytes a microsecond are MB/s */
}

int main(int count, char **words) {
  if (count < 3) return 2;
  const char *what = words[1];
  long long number = count > 3 ? atoll(words[3]) : 0;
  pipe_name = words[2];
  if (number > MAXIMUM_CLIENTS && (!strcmp(what, "burst") || !strcmp(what, "hold"))) return 2;
  if (!strcmp(what, "echo"))
    echo(number);
  else if (!strcmp(what, "slow"))
    slow((long)number);
  else if (!strcmp(what, "burst"))
    burst((int)number);
  else if (!strcmp(what, "hold"))
    hold((int)number);
  else if (!strcmp(what, "churn"))
    churn((int)number);
  else if (!strcmp(what, "rtt"))
    rtt((int)number);
  else if (!strcmp(what, "connect"))
    connect_rounds((int)number);
  else if (!strcmp(what, "down"))
    transfer(0, number);
  else if (!strcmp(what, "up"))
    transfer(1, number);
  else if (!strcmp(what, "ignore")) {
    HANDLE pipe = dial();
    send_all(pipe, "I", 1);
    while (getchar() != EOF) continue;
  } else if (!strcmp(what, "vanish")) {
    HANDLE pipe = dial();
    send_all(pipe, PARTIAL_REQUEST, sizeof PARTIAL_REQUEST - 1);
    TerminateProcess(GetCurrentProcess(), 3);
  } else
    return 2;
  return 0;
}
