package main

import "syscall"

func tid() int { return syscall.Gettid() }
