// A program that forbids itself munmap when it is told to, by SIGUSR1; and works on a map.
package main

import (
	"fmt"
	"os"
	"os/signal"
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
	refuse    = 0x00050001
	allow     = 0x7fff0000
	noNewPriv = 38
	seccomp   = 317
	tsync     = 1
	setFilter = 1
)

// seal forbids munmap to every thread: it fails with EPERM.
func seal() {
	filter := []instruction{
		{load, 0, 0, 0},
		{equal, 0, 1, syscall.SYS_MUNMAP},
		{give, 0, 0, refuse},
		{give, 0, 0, allow},
	}
	p := program{length: uint16(len(filter)), first: &filter[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	syscall.RawSyscall(syscall.SYS_PRCTL, noNewPriv, 1, 0)
	if _, _, e := syscall.RawSyscall(seccomp, setFilter, tsync, uintptr(unsafe.Pointer(&p))); e != 0 {
		fmt.Println("not sealed:", e)
		os.Exit(9)
	}
}

func main() {
	sealing := make(chan os.Signal, 1)
	signal.Notify(sealing, syscall.SIGUSR1)
	m := map[int]int{}
	fmt.Println("ready")
	for n := 0; ; n++ {
		select {
		case <-sealing:
			seal()
			fmt.Println("sealed")
		case <-time.After(time.Millisecond):
			for i := 0; i < 100; i++ {
				m[(n+i)%1000]++
			}
		}
	}
}
