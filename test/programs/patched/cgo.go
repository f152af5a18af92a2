//go:build withcgo

package main

/*
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
static void *churn(void *arg) {
	unsigned long sum = 0;
	for (int i = 0; i < 200; i++) {
		char *p = malloc(64 + i);
		memset(p, i, 64 + i);
		sum += p[i % 64];
		free(p);
	}
	return (void *)sum;
}
static unsigned long work(void) {
	pthread_t thread;
	void *result;
	if (pthread_create(&thread, 0, churn, 0) != 0) return 0;
	pthread_join(thread, &result);
	return (unsigned long)result;
}
*/
import "C"

import "time"

// Threads of C come and go, beside calls of C from Go.
func init() {
	cgoInit = func() {
		want := C.work()
		go func() {
			for {
				if got := C.work(); got != want {
					bad("cgo %d %d", got, want)
				}
				inc(12)
				time.Sleep(5 * time.Millisecond)
			}
		}()
	}
}
