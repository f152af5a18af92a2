// Makes more maps than a probe has counters for, and then deletes from a new one. With the protocol of the program
// `ledger`: it says its pid, waits for a line, works, says so, and waits for another one.
package main

import (
	"bufio"
	"fmt"
	"os"
)

const (
	maps    = 20000
	deletes = 50000
)

var kept []map[int]int

//go:noinline
func fill() {
	for i := 0; i < maps; i++ {
		m := make(map[int]int)
		m[i] = i
		kept = append(kept, m)
	}
}

//go:noinline
func storm() {
	sessions := make(map[string]bool)
	for i := 0; i < deletes; i++ {
		delete(sessions, "user")
	}
}

func main() {
	in := bufio.NewReader(os.Stdin)
	fmt.Println("pid", os.Getpid())
	in.ReadString('\n')
	fill()
	storm()
	fmt.Println("done")
	in.ReadString('\n')
}
