// Command forks works on a map while it starts children in all the ways that there are: of itself and of others, by
// os/exec, by syscall.ForkExec, by fork(2) without an exec. It begins when its standard input says so.
//
//	forks ROUNDS     prints how many deletes its own process has made, and the pids of its children; ends when its
//	                 standard input does
//	forks child      is what it starts of itself
//	forks replaced   becomes forks child, in the same process
//	forks becomes X  becomes the program X, when its standard input says so
//	forks beside     hands a map from one goroutine to another and back, beside a child by fork(2) that works on its
//	                 own copy of it; both begin when its standard input says so, and end when it does
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type job struct{ id int }

var jobs = map[job]string{}

const deletes = 100

var children []int

//go:noinline
func work(n int) {
	for i := 0; i < n; i++ {
		jobs[job{i}] = "job"
		delete(jobs, job{i})
	}
}

// forked goes on with this very program, and with one thread, in a child that shares the parent's mappings.
func forked() {
	pid, _, errno := syscall.RawSyscall(syscall.SYS_FORK, 0, 0, 0)
	if errno != 0 {
		panic(errno)
	}
	if pid == 0 {
		work(deletes)
		os.Exit(0)
	}
	wait(int(pid))
}

// beside never returns: what it does is right, for nobody else has the map of this process meanwhile.
func beside(in *bufio.Reader) {
	ended := make(chan bool)
	pid, _, errno := syscall.RawSyscall(syscall.SYS_FORK, 0, 0, 0)
	if errno != 0 {
		panic(errno)
	}
	if pid == 0 {
		for parent := syscall.Getppid(); syscall.Getppid() == parent; {
			work(deletes)
		}
		os.Exit(0)
	}
	turn, back := make(chan bool), make(chan bool)
	go func() {
		for range turn {
			work(deletes)
			back <- true
		}
	}()
	go func() {
		in.ReadString('\n')
		ended <- true
	}()
	for {
		work(deletes)
		select {
		case turn <- true:
			<-back
		case <-ended:
			os.Exit(0)
		}
	}
}

func run(name string, args ...string) {
	child := exec.Command(name, args...)
	must(child.Run())
	children = append(children, child.Process.Pid)
}

func wait(pid int) {
	children = append(children, pid)
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || status != 0 {
			panic(fmt.Sprint("a child ended badly: ", err, status))
		}
		return
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	self, err := os.Executable()
	must(err)
	switch os.Args[1] {
	case "child":
		work(deletes)
		return
	case "replaced":
		work(deletes)
		must(syscall.Exec(self, []string{"forks", "child"}, os.Environ()))
	case "becomes":
		bufio.NewReader(os.Stdin).ReadString('\n')
		must(syscall.Exec(os.Args[2], os.Args[2:], os.Environ()))
	}
	// A collection in a child by fork(2) would wait for threads that it does not have.
	debug.SetGCPercent(-1)
	in := bufio.NewReader(os.Stdin)
	fmt.Println("ready", os.Getpid())
	in.ReadString('\n')
	if os.Args[1] == "beside" {
		beside(in)
	}
	rounds, err := strconv.Atoi(os.Args[1])
	must(err)
	for i := 0; i < rounds; i++ {
		work(deletes)
		run(self, "child")
		run(self, "replaced")
		run("/bin/true")
		pid, err := syscall.ForkExec(self, []string{"forks", "child"}, &syscall.ProcAttr{Env: os.Environ()})
		must(err)
		wait(pid)
		forked()
		withC()
	}
	time.Sleep(100 * time.Millisecond)
	fmt.Println("deletes", rounds*deletes)
	fmt.Println("children", strings.Trim(fmt.Sprint(children), "[]"))
	in.ReadString('\n')
}
