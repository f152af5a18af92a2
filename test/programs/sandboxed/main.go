// A program that forbids itself to open files once it runs, on pain of death, as sandboxes do; and that is preempted
// all the time, by SIGURG.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

type instruction struct {
	code   uint16
	jt, jf uint8
	k      uint32
}

type program struct {
	length uint16
	_      [6]byte
	first  *instruction
}

const (
	load      = 0x20
	equal     = 0x15
	give      = 0x06
	kill      = 0x80000000
	allow     = 0x7fff0000
	noNewPriv = 38
	seccomp   = 317
	tsync     = 1
	setFilter = 1
)

func sandbox() {
	filter := []instruction{
		{load, 0, 0, 0},
		{equal, 1, 0, syscall.SYS_OPENAT},
		{equal, 0, 1, syscall.SYS_OPEN},
		{give, 0, 0, kill},
		{give, 0, 0, allow},
	}
	p := program{length: uint16(len(filter)), first: &filter[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	syscall.RawSyscall(syscall.SYS_PRCTL, noNewPriv, 1, 0)
	if _, _, e := syscall.RawSyscall(seccomp, setFilter, tsync, uintptr(unsafe.Pointer(&p))); e != 0 {
		fmt.Println("no sandbox:", e)
		os.Exit(9)
	}
}

var turns int

func main() {
	sandbox()
	for i := 0; i < 4; i++ {
		go func() {
			for {
				turns++
			}
		}()
	}
	m := map[int]int{}
	for n, end := 0, time.Now().Add(time.Second); time.Now().Before(end); n++ {
		m[n%1000]++
	}
	fmt.Println(len(m))
}
