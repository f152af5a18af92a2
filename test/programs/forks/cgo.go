//go:build withcgo

package main

/*
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(void) {
	pid_t pid = fork();
	int status = -1;
	if (pid == 0) {
		execl("/bin/true", "true", (char *)0);
		_exit(1);
	}
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return status | system("exit 0");
}
*/
import "C"

// withC forks as C does: with the handlers of libc, and all signals open.
func withC() {
	if C.run() != 0 {
		panic("a child of C ended badly")
	}
}
