// Many goroutines fight for one key of one map, under a mutex, and write down what each of them did: the order
// of the ledger is the order of the lock. Other keys and another map go through the same functions.
//
//	fight -ops N -out FILE
//
// prints "ready PID GOID…", waits for a line, works, prints "done", and waits for the end of its input.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"os"
	"runtime"
	"strconv"
	"sync"
)

type session struct{ visits int }

// The key that is fought for.
const prize = "sess:91af"

const fighters = 20

var (
	lock     sync.Mutex
	sessions = map[string]*session{}
	others   = map[string]*session{}
	ledger   bytes.Buffer
)

//go:noinline
func put(m map[string]*session, key string) { m[key] = &session{} }

//go:noinline
func remove(m map[string]*session, key string) { delete(m, key) }

//go:noinline
func get(m map[string]*session, key string) *session { return m[key] }

//go:noinline
func wipe(m map[string]*session) {
	for key := range m {
		delete(m, key)
	}
}

// step does one thing and writes it down: goroutine, operation, key, entries before, whether the key was there.
func step(r *rand.Rand, me int64) {
	lock.Lock()
	defer lock.Unlock()
	m, name := sessions, "sessions"
	if r.Intn(4) == 0 {
		m, name = others, "others"
	}
	key := prize
	if r.Intn(2) == 0 {
		key = "sess:" + strconv.Itoa(r.Intn(12))
	}
	before := len(m)
	_, there := m[key]
	var op string
	switch n := r.Intn(100); {
	case n < 45:
		op = "assign"
		put(m, key)
	case n < 80:
		op = "delete"
		remove(m, key)
	case n < 95:
		op = "access"
		get(m, key)
	default:
		op, key = "clear", "-"
		_, there = m[prize]
		wipe(m)
	}
	fmt.Fprintf(&ledger, "%d\t%s\t%s\t%s\t%d\t%t\n", me, name, op, key, before, there)
}

// goid is the number of the calling goroutine, out of the head of its stack dump.
func goid() int64 {
	var text [64]byte
	n := runtime.Stack(text[:], false)
	id, err := strconv.ParseInt(string(bytes.Fields(text[:n])[1]), 10, 64)
	if err != nil {
		panic(err)
	}
	return id
}

func fight(seed int64, steps int, born chan<- int64, begin <-chan struct{}, over *sync.WaitGroup) {
	defer over.Done()
	me := goid()
	born <- me
	<-begin
	r := rand.New(rand.NewSource(seed))
	for i := 0; i < steps; i++ {
		step(r, me)
		runtime.Gosched()
	}
}

func main() {
	ops := flag.Int("ops", 4000, "operations of all fighters together")
	out := flag.String("out", "", "file of the ledger")
	flag.Parse()
	born, begin := make(chan int64), make(chan struct{})
	var over sync.WaitGroup
	over.Add(fighters)
	fmt.Print("ready ", os.Getpid())
	for i := 0; i < fighters; i++ {
		go fight(int64(i), *ops/fighters, born, begin, &over)
		fmt.Print(" ", <-born)
	}
	fmt.Println()
	in := bufio.NewReader(os.Stdin)
	if _, err := in.ReadString('\n'); err != nil {
		os.Exit(1)
	}
	close(begin)
	over.Wait()
	if err := os.WriteFile(*out, ledger.Bytes(), 0o600); err != nil {
		panic(err)
	}
	fmt.Println("done")
	_, _ = io.Copy(io.Discard, in)
}
