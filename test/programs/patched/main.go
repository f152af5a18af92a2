// A program under load that keeps a ledger of its own: what its maps must hold, and whether signals, system calls,
// children and connections do as they should. Counters are in a file that is shared: word 0 counts what was wrong,
// word 1 says that all is running, words 2 to 15 must go on rising, words from 512 on are results that are the same in each run.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

var st *[4096]uint64
var cgoWork func()
var cgoInit func()

func inc(i int) { atomic.AddUint64(&st[i], 1) }
func bad(f string, a ...any) {
	inc(0)
	fmt.Fprintf(os.Stderr, "BAD %s\n", fmt.Sprintf(f, a...))
}

type led struct {
	m   map[uint32]uint64
	s   map[string]uint64
	v   [512]uint64
	sv  [64]uint64
	rng uint64
	ks  [64]string
	// What all reads have given so far.
	hash uint64
}

func (l *led) r() uint64 {
	l.rng ^= l.rng << 13
	l.rng ^= l.rng >> 7
	l.rng ^= l.rng << 17
	return l.rng
}

//go:noinline
func ops(l *led, w, n int) {
	b := 32 + w*8
	for i := 0; i < n; i++ {
		x := l.r()
		k := uint32(x>>8) & 511
		switch x % 4 {
		case 0, 1:
			inc(b)
			l.m[k] = x | 1
			inc(b + 1)
			l.v[k] = x | 1
		case 2:
			inc(b + 2)
			v, ok := l.m[k]
			inc(b + 3)
			l.hash = (l.hash ^ v) * 0x100000001b3
			if ok {
				l.hash++
			}
			if ok != (l.v[k] != 0) || v != l.v[k] {
				bad("ledger w%d k%d got %x want %x", w, k, v, l.v[k])
			}
		case 3:
			inc(b + 4)
			delete(l.m, k)
			inc(b + 5)
			l.v[k] = 0
		}
		if x&0xf00 == 0 {
			j := x >> 20 & 63
			if l.s[l.ks[j]] != l.sv[j] {
				bad("string ledger")
			}
			l.s[l.ks[j]] = x
			l.sv[j] = x
			if x&0x10000 != 0 {
				delete(l.s, l.ks[j])
				l.sv[j] = 0
			}
		}
	}
}

//go:noinline
func deep(l *led, w, d, n int) uint64 {
	var pad [32]uint64
	pad[d&31] = uint64(d)
	if d > 0 {
		x := deep(l, w, d-1, n)
		if d%16 == 0 {
			ops(l, w, 2)
		}
		return x + pad[d&31]
	}
	ops(l, w, n)
	return 0
}

// Each worker's results go into words 512 + worker*512 on, one for so many rounds: they must be the same in each run.
const results, resultEvery = 512, 64

var sink []byte

func worker(w int) {
	l := &led{m: map[uint32]uint64{}, s: map[string]uint64{}, rng: uint64(w)*7919 + 12345}
	for i := range l.ks {
		l.ks[i] = "key-" + strconv.Itoa(i*7717)
	}
	done := make(chan int)
	for it := 0; ; it++ {
		go func() {
			d := int(l.r() % 200)
			if x := deep(l, w, d, 3000); x != uint64(d*(d+1)/2) {
				bad("deep %d %d", d, x)
			}
			sink = make([]byte, 4096)
			done <- 1
		}()
		<-done
		if it%8 == 0 {
			if len(l.m) > 512 {
				bad("len")
			}
			if it%64 == 0 {
				l.m = map[uint32]uint64{}
				for i := range l.v {
					l.v[i] = 0
				}
			}
		}
		l.hash = (l.hash ^ uint64(len(l.m))) * 0x100000001b3
		if it%resultEvery == 0 && it/resultEvery < results {
			atomic.StoreUint64(&st[512+w*results+it/resultEvery], l.hash|1)
		}
		inc(15)
	}
}

// Makes the code of the program writable, as some hot patchers do.
func makeWritable() {
	maps, _ := os.ReadFile("/proc/self/maps")
	for _, line := range strings.Split(string(maps), "\n") {
		var start, end uintptr
		if strings.Contains(line, "r-xp") && strings.Contains(line, "patched") {
			fmt.Sscanf(line, "%x-%x", &start, &end)
			if _, _, e := syscall.Syscall(syscall.SYS_MPROTECT, start, end-start, 7); e != 0 {
				panic(e)
			}
		}
	}
}

func main() {
	nthr := 0
	if len(os.Args) > 1 {
		nthr, _ = strconv.Atoi(os.Args[1])
	}
	fn := os.Getenv("STAT")
	f, err := os.OpenFile(fn, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0600)
	if err != nil {
		panic(err)
	}
	f.Truncate(32768)
	b, err := syscall.Mmap(int(f.Fd()), 0, 32768, 3, 1)
	if err != nil {
		panic(err)
	}
	st = (*[4096]uint64)(unsafe.Pointer(&b[0]))
	f.Close()
	if os.Getenv("IDLE") != "" {
		st[1] = 1
		for {
			time.Sleep(100 * time.Millisecond)
			inc(2)
		}
	}
	if os.Getenv("RWX") != "" {
		makeWritable()
	}
	debug.SetGCPercent(30)
	runtime.SetCPUProfileRate(500)
	pf, _ := os.Create("/dev/null")
	pprof.StartCPUProfile(pf)
	const NW = 6
	st[13] = NW
	for i := 0; i < NW; i++ {
		go worker(i)
	}
	go func() {
		for {
			runtime.GC()
			inc(14)
			time.Sleep(10 * time.Millisecond)
		}
	}()
	go func() { // raw nanosleep
		runtime.LockOSThread()
		for {
			ts := syscall.Timespec{Nsec: 30e6}
			t := time.Now()
			_, _, e := syscall.Syscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
			d := time.Since(t)
			if e == syscall.EINTR {
				inc(3)
			} else if e != 0 || d < 30*time.Millisecond {
				bad("nanosleep %v %v", e, d)
			}
			inc(2)
		}
	}()
	go func() { // raw futex with timeout
		runtime.LockOSThread()
		var word uint32
		for {
			ts := syscall.Timespec{Nsec: 20e6}
			t := time.Now()
			_, _, e := syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&word)), 128, 0, uintptr(unsafe.Pointer(&ts)), 0, 0)
			d := time.Since(t)
			if e == syscall.EINTR {
				inc(8)
			} else if e != syscall.ETIMEDOUT || d < 20*time.Millisecond {
				bad("futex %v %v", e, d)
			}
			inc(7)
		}
	}()
	var pp [2]int
	syscall.Pipe(pp[:])
	go func() {
		runtime.LockOSThread()
		var buf [1]byte
		var want byte
		for {
			n, _, e := syscall.Syscall(syscall.SYS_READ, uintptr(pp[0]), uintptr(unsafe.Pointer(&buf[0])), 1)
			if e == syscall.EINTR {
				inc(6)
				continue
			}
			if e != 0 || n != 1 || buf[0] != want {
				bad("read n=%d e=%v got %d want %d", n, e, buf[0], want)
				want = buf[0]
			}
			want++
			inc(5)
		}
	}()
	go func() {
		var c byte
		for {
			time.Sleep(10 * time.Millisecond)
			syscall.Write(pp[1], []byte{c})
			c++
		}
	}()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, _ := ln.Accept()
			go func() {
				var b [64]byte
				for {
					n, e := c.Read(b[:])
					if e != nil {
						return
					}
					c.Write(b[:n])
				}
			}()
		}
	}()
	go func() {
		c, e := net.Dial("tcp", ln.Addr().String())
		if e != nil {
			panic(e)
		}
		for i := 0; ; i++ {
			s := fmt.Sprintf("msg %d", i)
			var b [64]byte
			if _, e := c.Write([]byte(s)); e != nil {
				bad("net w %v", e)
			}
			n, e := c.Read(b[:])
			if e != nil || string(b[:n]) != s {
				bad("net %v %q %q", e, b[:n], s)
			}
			inc(4)
			time.Sleep(3 * time.Millisecond)
		}
	}()
	go func() { // exec
		for {
			if e := exec.Command("/bin/true").Run(); e != nil {
				bad("exec %v", e)
			}
			inc(9)
			time.Sleep(60 * time.Millisecond)
		}
	}()
	ch := make(chan os.Signal, 10)
	signal.Notify(ch, syscall.SIGUSR2)
	go func() {
		for {
			syscall.Kill(os.Getpid(), syscall.SIGUSR2)
			select {
			case <-ch:
			case <-time.After(60 * time.Second):
				bad("signal lost")
			}
			inc(10)
			time.Sleep(time.Millisecond)
		}
	}()
	go func() { // thread churn
		for {
			d := make(chan int)
			go func() { runtime.LockOSThread(); d <- 1 }()
			<-d
			inc(11)
			time.Sleep(4 * time.Millisecond)
		}
	}()
	for i := 0; i < nthr; i++ {
		go func() {
			runtime.LockOSThread()
			for {
				ts := syscall.Timespec{Nsec: 200e6}
				syscall.Syscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
			}
		}()
	}
	if cgoInit != nil {
		cgoInit()
	}
	st[1] = 1
	for {
		time.Sleep(time.Second)
	}
}
