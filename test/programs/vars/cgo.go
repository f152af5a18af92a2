//go:build withcgo

package main

// typedef struct { int a; char *b; } thing;
// static thing c_thing = { 1, "c" };
// static int c_value(void) { return c_thing.a; }
import "C"

var fromC = int(C.c_value())

func init() { index = fromC }
