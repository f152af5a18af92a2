// Command crash ends in the way that its argument says, with maps in use.
package main

import (
	"fmt"
	"os"
	"time"
)

type session struct{ user, token string }

var (
	sessions = map[string]*session{}
	other    = map[int]int{}
)

//go:noinline
func login(user string) { sessions[user] = &session{user: user} }

//go:noinline
func logout(user string) { delete(sessions, user) }

func main() {
	for i := 0; i < 50; i++ {
		other[i] = i
		login(fmt.Sprint("user", i))
	}
	logout("user7")
	switch os.Args[1] {
	case "fatal":
		for g := 0; g < 4; g++ {
			go func(g int) {
				for i := 0; ; i++ {
					login(fmt.Sprint("racer", g))
				}
			}(g)
		}
		time.Sleep(time.Minute)
	case "segv":
		logout("user9")
		fmt.Println(sessions["nobody"].token)
	case "panic":
		logout("user9")
		panic("the end")
	case "wait":
		fmt.Println("ready", os.Getpid())
		time.Sleep(10 * time.Minute)
	}
}
