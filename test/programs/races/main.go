// Small programs that use maps from several goroutines: half of them right, half of them not.
//
// `races list` prints their names. `races NAME` says which lines make the race (its ledger), waits for a line on
// stdin, and runs until it is killed, or for -for. Goroutines rest between their operations, so that the runtime's
// own check does not end a racy program at once; -busy lets them run through.
package main

import (
	"bufio"
	"embed"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strings"
	"time"
)

//go:embed *.go
var sources embed.FS

var (
	busy     = flag.Bool("busy", false, "no rest between operations")
	atOnce   = flag.Bool("at-once", false, "do not wait for a line on stdin")
	duration = flag.Duration("for", 0, "end after this time")
)

// A program starts its goroutines and returns. Racy ones have lines that end in `// side NAME`.
var programs = map[string]func(){}

func add(name string, run func()) { programs[name] = run }

// forever runs a step again and again, with a rest in between.
func forever(step func(i int)) {
	go func() {
		r := rand.New(rand.NewSource(rand.Int63()))
		for i := 0; ; i++ {
			step(i)
			if !*busy {
				time.Sleep(time.Duration(20+r.Intn(200)) * time.Microsecond)
			}
		}
	}()
}

// several runs a step in n goroutines.
func several(n int, step func(i int)) {
	for ; n > 0; n-- {
		forever(step)
	}
}

func sides(name string) []string {
	var lines []string
	files, _ := sources.ReadDir(".")
	for _, f := range files {
		text, _ := sources.ReadFile(f.Name())
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasSuffix(line, "// side "+name) {
				lines = append(lines, fmt.Sprintf("%s:%d", f.Name(), i+1))
			}
		}
	}
	return lines
}

func main() {
	flag.Parse()
	name := flag.Arg(0)
	if name == "list" {
		var names []string
		for name := range programs {
			if len(sides(name)) > 0 {
				name += " racy"
			}
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Println(strings.Join(names, "\n"))
		return
	}
	run := programs[name]
	if run == nil {
		fmt.Fprintln(os.Stderr, "no such program:", name)
		os.Exit(1)
	}
	for _, line := range sides(name) {
		fmt.Println("side", line)
	}
	fmt.Println("ready")
	if !*atOnce {
		bufio.NewReader(os.Stdin).ReadString('\n')
	}
	run()
	if *duration > 0 {
		time.Sleep(*duration)
		fmt.Println("done")
		return
	}
	select {}
}
