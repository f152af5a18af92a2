// Command incident is a small web service with an incident in it: some seconds after its start it behaves as after a
// bad deploy, and some seconds later as after the rollback. It visits itself over loopback, and writes down what it did.
//
//	go build -o incident . && ./incident -ledger ledger.jsonl & sudo mapaudit serve -p $! --races --rules rules.yaml
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type plan struct {
	healthy, wait          bool
	calm, storm, bad, rest time.Duration
	rate                   int
}

func main() {
	var p plan
	listen := flag.String("listen", "127.0.0.1:0", "address to serve on")
	path := flag.String("ledger", "", "write down here what is done, as JSON lines")
	sessions := flag.Int("sessions", 90_000, "sessions that there are at the start")
	visitors := flag.Int("visitors", 4, "visitors at a time")
	pause := flag.Duration("pause", 100*time.Millisecond, "between two clicks of a visitor")
	flag.BoolVar(&p.healthy, "healthy", false, "never deploy the bad release")
	flag.DurationVar(&p.calm, "calm", 10*time.Second, "before the bad release")
	flag.DurationVar(&p.bad, "bad", 30*time.Second, "how long the bad release is out")
	flag.DurationVar(&p.storm, "storm", 18*time.Second, "how long it deletes, from its beginning on")
	flag.DurationVar(&p.rest, "rest", 0, "end so long after the rollback; 0: when told to")
	flag.IntVar(&p.rate, "rate", 900, "deletes a second meanwhile")
	flag.BoolVar(&p.wait, "wait", false, "let time begin when a line comes on stdin: when whoever looks at it is ready")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	ledger, err := newLedger(*path)
	if err != nil {
		log.Fatal(err)
	}
	service := newService(*sessions, ledger)
	if err := serve(ctx, *listen, service, *visitors, *pause, func() { p.run(ctx, service); cancel() }); err != nil {
		log.Fatal(err)
	}
	if err := ledger.close(); err != nil {
		log.Fatal(err)
	}
}

// serve answers requests, and makes them, until play has come to its end.
func serve(ctx context.Context, listen string, service *service, visitors int, pause time.Duration, play func()) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: service.handler()}
	fmt.Printf("listening on http://%s pid %d\n", listener.Addr(), os.Getpid())
	for i := 0; i < visitors; i++ {
		go visit(ctx, listener.Addr().String(), i, pause)
	}
	go play()
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// run deploys the bad release and takes it back. It returns when the program is to end.
func (p plan) run(ctx context.Context, s *service) {
	if p.wait {
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	}
	s.ledger.did("start")
	if p.healthy {
		<-ctx.Done()
		return
	}
	if !sleep(ctx, p.calm) {
		return
	}
	s.ledger.did("bad release")
	s.bad.Store(true)
	s.sessions.dropMoved(ctx, "eu", p.rate, p.storm, s.ledger)
	s.ledger.did("storm over")
	if !sleep(ctx, p.bad-p.storm) {
		return
	}
	s.bad.Store(false)
	s.ledger.did("rollback")
	if p.rest == 0 {
		<-ctx.Done()
		return
	}
	sleep(ctx, p.rest)
}

// sleep is false where the program is to end before.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
