// A thread that stands in the middle of a "site" until it is told to go on, or in a signal handler that has interrupted
// it there: `standing inside|empty|full|nested`. Prints the addresses that matter once it stands there:
// site, the end of the site, the word that keeps it there, the word that keeps the handler, a word to write to.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

volatile int stay = 1, hold = 1, entered = 0, scratch = 7, arrived = 0;
void site(void);
extern char inside[], after[];
__asm__(".globl site, inside, after\n"
        "site: push %rbp\n"
        "inside: pause\n movl $1, arrived(%rip)\n cmpl $0, stay(%rip)\n jne inside\n"
        "after: pop %rbp\n ret\n");

static void say(void) {
  printf("%p %p %p %p %p\n", (void *)site, (void *)after, (void *)&stay, (void *)&hold, (void *)&scratch);
  fflush(stdout);
}

static void handler(int signal) {
  entered = signal;
  while (hold) __asm__ volatile("pause");
}

// Says nothing itself: another handler, on another stack, interrupts it.
static void outer(int signal) {
  entered = signal;
  while (hold) __asm__ volatile("pause");
}

static void install(int signal, void (*f)(int), int flags, int full) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = f;
  action.sa_flags = flags;
  if (full) sigfillset(&action.sa_mask);
  sigaction(signal, &action, 0);
}

static char alternate[65536];

static void *standing(void *unused) {
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  sigaltstack(&stack, 0);
  site();
  return unused;
}

static void until(int signal) {
  while (entered != signal) usleep(1000);
}

int main(int count, char **words) {
  const char *how = count > 1 ? words[1] : "inside";
  int nested = strcmp(how, "nested") == 0, full = strcmp(how, "full") == 0;
  install(SIGUSR1, nested ? outer : handler, SA_NODEFER | (nested ? 0 : SA_ONSTACK), full);
  install(SIGUSR2, handler, SA_NODEFER | SA_ONSTACK, 0);
  pthread_t thread;
  pthread_create(&thread, 0, standing, 0);
  while (!arrived) usleep(1000);
  if (strcmp(how, "inside") != 0) {
    pthread_kill(thread, SIGUSR1);
    until(SIGUSR1);
  }
  if (nested) {
    pthread_kill(thread, SIGUSR2);
    until(SIGUSR2);
  }
  say();
  pthread_join(thread, 0);
  for (;;) pause();
}
