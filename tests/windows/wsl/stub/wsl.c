/*
 * wsl.exe for the tests: hands its command line, variables, folder and streams over loopback TCP to the
 * server whose port is in the file "<this program>.port", and ends with the exit code that the server sends.
 * What goes over the connections is described in README.md beside this file.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#define BUFFER_BYTES (256 * 1024)
/* Not an exit code of the real wsl, so that a test sees at once what is wrong. */
#define CODE_UNREACHABLE 0xFFFFFFFEu

enum { TO_STREAMS = 1, TO_EXIT = 2 };

struct pump {
  HANDLE handle;
  SOCKET socket;
  char buffer[BUFFER_BYTES];
};

static struct pump pumps[3];

static void give_up(const char *text) {
  DWORD written;
  WriteFile(GetStdHandle(STD_ERROR_HANDLE), text, lstrlenA(text), &written, NULL);
  TerminateProcess(GetCurrentProcess(), CODE_UNREACHABLE);
}

static int read_port(void) {
  WCHAR path[MAX_PATH + 8];
  DWORD length = GetModuleFileNameW(NULL, path, MAX_PATH), count = 0;
  lstrcpyW(path + length, L".port");
  char text[16] = "";
  HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE || !ReadFile(file, text, sizeof text - 1, &count, NULL))
    give_up("wsl.exe of the tests: cannot read the file with the port\n");
  CloseHandle(file);
  int port = 0;
  for (DWORD i = 0; i < count && text[i] >= '0' && text[i] <= '9'; i++) port = port * 10 + (text[i] - '0');
  return port;
}

static SOCKET connect_to(int port) {
  struct sockaddr_in address = {0};
  address.sin_family = AF_INET;
  address.sin_port = htons((u_short)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET connection = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  if (connection == INVALID_SOCKET || connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
    give_up("wsl.exe of the tests: cannot reach its server\n");
  BOOL yes = TRUE;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, (char *)&yes, sizeof yes);
  return connection;
}

static BOOL send_fully(SOCKET connection, const void *bytes, int size) {
  for (const char *next = bytes; size > 0;) {
    int sent = send(connection, next, size, 0);
    if (sent <= 0) return FALSE;
    next += sent;
    size -= sent;
  }
  return TRUE;
}

static BOOL receive_fully(SOCKET connection, void *bytes, int size) {
  for (char *next = bytes; size > 0;) {
    int received = recv(connection, next, size, 0);
    if (received <= 0) return FALSE;
    next += received;
    size -= received;
  }
  return TRUE;
}

static void send_text(SOCKET connection, const WCHAR *text) {
  DWORD size = (DWORD)lstrlenW(text) * sizeof *text;
  if (!send_fully(connection, &size, sizeof size) || !send_fully(connection, text, (int)size))
    give_up("wsl.exe of the tests: its server is gone\n");
}

static BOOL is_open(int number) {
  HANDLE handle = pumps[number].handle;
  return handle != NULL && handle != INVALID_HANDLE_VALUE;
}

/* Streams there are, command line, folder, variables, and an empty text as the end. */
static void send_call(SOCKET control) {
  unsigned char streams = 0;
  for (int i = 0; i < 3; i++) streams |= is_open(i) ? 1 << i : 0;
  send_fully(control, &streams, 1);
  send_text(control, GetCommandLineW());
  static WCHAR folder[32768];
  GetCurrentDirectoryW(32768, folder);
  send_text(control, folder);
  for (WCHAR *variable = GetEnvironmentStringsW(); *variable; variable += lstrlenW(variable) + 1)
    send_text(control, variable);
  send_text(control, L"");
}

static DWORD WINAPI pump_input(void *argument) {
  struct pump *pump = argument;
  DWORD count;
  while (ReadFile(pump->handle, pump->buffer, BUFFER_BYTES, &count, NULL) && count > 0)
    if (!send_fully(pump->socket, pump->buffer, (int)count)) break;
  shutdown(pump->socket, SD_SEND);
  return 0;
}

static DWORD WINAPI pump_output(void *argument) {
  struct pump *pump = argument;
  int received;
  while ((received = recv(pump->socket, pump->buffer, BUFFER_BYTES, 0)) > 0) {
    DWORD written;
    for (int done = 0; done < received; done += (int)written)
      if (!WriteFile(pump->handle, pump->buffer + done, (DWORD)(received - done), &written, NULL)) goto end;
  }
end:
  /* With unread bytes this is a reset, which tells the other side that nobody reads any more. */
  closesocket(pump->socket);
  return 0;
}

static int start_pumps(int port, HANDLE *outputs) {
  int count = 0;
  for (int i = 0; i < 3; i++) {
    if (!is_open(i)) continue;
    pumps[i].socket = connect_to(port);
    char number = (char)i;
    send_fully(pumps[i].socket, &number, 1);
    HANDLE thread = CreateThread(NULL, 0, i == 0 ? pump_input : pump_output, &pumps[i], 0, NULL);
    if (i > 0) outputs[count++] = thread;
  }
  return count;
}

int main(void) {
  WSADATA ignored;
  WSAStartup(MAKEWORD(2, 2), &ignored);
  pumps[0].handle = GetStdHandle(STD_INPUT_HANDLE);
  pumps[1].handle = GetStdHandle(STD_OUTPUT_HANDLE);
  pumps[2].handle = GetStdHandle(STD_ERROR_HANDLE);
  SOCKET control = connect_to(read_port());
  send_call(control);
  HANDLE outputs[2];
  int count = 0;
  for (;;) {
    unsigned char kind;
    DWORD value;
    if (!receive_fully(control, &kind, sizeof kind) || !receive_fully(control, &value, sizeof value))
      give_up("wsl.exe of the tests: its server is gone\n");
    if (kind == TO_STREAMS) {
      count = start_pumps((int)value, outputs);
    } else if (kind == TO_EXIT) {
      if (count > 0) WaitForMultipleObjects((DWORD)count, outputs, TRUE, INFINITE);
      ExitProcess(value);
    }
  }
}
