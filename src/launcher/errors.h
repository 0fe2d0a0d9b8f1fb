/*
 * What the launcher can fail with: code, exit code, remedy. The codes and remedies are those of
 * src/errors/error_codes.ts; a unit test compares the two lists.
 */
#ifndef WINDLASS_ERRORS_H
#define WINDLASS_ERRORS_H

#define LAUNCHER_ERRORS(ERROR) \
  ERROR(WL_HOME_INVALID, 2, \
        "Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.") \
  ERROR(WL_EXECUTABLE_CORRUPT, 3, "Download or build Windlass again and replace the executable.") \
  ERROR(WL_EXECUTABLE_UNREADABLE, 3, "Give yourself permission to read the executable, not only to run it.") \
  ERROR(WL_NO_SPACE, 4, \
        "Free some space on that disk, or set WINDLASS_HOME to a folder on another one, and try again.") \
  ERROR(WL_COMPONENT_TAMPERED, 5, \
        "Find out what changed the file; Windlass replaces it from the executable.") \
  ERROR(WL_COMPONENT_UNWRITABLE, 5, "Check the folder's permissions and disk, then start Windlass again.") \
  ERROR( \
      WL_CURRENT_DAMAGED, 3, \
      "Run 'windlass start', which writes it again; until then the version embedded in the executable runs.") \
  ERROR( \
      WL_VERSION_INCOMPLETE, 3, \
      "Run 'windlass update install' to install that version again; until then the previous version runs.") \
  ERROR(WL_ARGUMENTS_TOO_LONG, 2, "Pass fewer or shorter arguments.") \
  ERROR(WL_RUNTIME_NOT_STARTED, 6, \
        "Set WINDLASS_HOME to a folder on a file system that programs may run from.") \
  ERROR(WL_OUT_OF_MEMORY, 7, "Close other programs, or raise the memory limit, and start Windlass again.")

enum launcher_error {
#define AS_MEMBER(code, exit_code, remedy) code,
  LAUNCHER_ERRORS(AS_MEMBER)
#undef AS_MEMBER
};

/* Tells the user on stderr: "windlass: <sentence>", and below it the code and its remedy. */
__attribute__((format(printf, 2, 3))) void report(enum launcher_error error, const char *sentence, ...);
/* The same, then ends the process with the code's exit code. */
__attribute__((format(printf, 2, 3), noreturn)) void fail(enum launcher_error error, const char *sentence,
                                                          ...);
/* As fail(), with a remedy that fits better than the code's own. */
__attribute__((format(printf, 3, 4), noreturn)) void fail_with(enum launcher_error error, const char *remedy,
                                                               const char *sentence, ...);

/*
 * What each system does in its own way: shows UTF-8 text on stderr, at once, so that two starts do not mix
 * their lines.
 */
void show_message(const char *text);
/* Shows it only where a person sees stderr: on a terminal or a console. */
void show_notice(const char *text);
/* Ends the process; a console that would vanish with it stays until the user has read it. */
__attribute__((noreturn)) void leave_after_failure(int exit_code);

#endif
