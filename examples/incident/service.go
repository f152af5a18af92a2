package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// service has sessions, and pages that are rendered of parts.
type service struct {
	bad      atomic.Bool
	sessions *Sessions
	parts    *Parts
	receipts *Receipts
	ledger   *ledger
	requests atomic.Int64
}

func newService(sessions int, l *ledger) *service {
	return &service{
		sessions: newSessions(sessions),
		parts:    &Parts{stale: map[string]bool{}},
		receipts: &Receipts{seen: map[string]time.Time{}},
		ledger:   l,
	}
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/login", s.login)
	mux.HandleFunc("/me", s.withSession(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "you") }))
	mux.HandleFunc("/page", s.withSession(s.page))
	mux.HandleFunc("/logout", s.logout)
	return mux
}

func (s *service) login(w http.ResponseWriter, r *http.Request) {
	s.request()
	fmt.Fprint(w, s.sessions.login(r.URL.RawQuery))
}

func (s *service) logout(_ http.ResponseWriter, r *http.Request) {
	s.request()
	s.sessions.logout(r.URL.RawQuery)
}

func (s *service) withSession(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.request()
		if s.sessions.get(r.URL.RawQuery) == nil {
			s.ledger.forbidden.Add(1)
			http.Error(w, "log in first", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

// What a receipt is kept of.
var steps = []string{"came", "allowed", "served", "billed"}

// request counts, and in the bad release also keeps receipts of each request, so that nothing is done twice.
func (s *service) request() {
	number := s.requests.Add(1)
	s.ledger.requests.Add(1)
	if s.bad.Load() {
		for _, step := range steps {
			s.receipts.keep(fmt.Sprintf("request:%d:%s", number, step))
			s.ledger.kept.Add(1)
		}
	}
}

// Receipts are of requests. Nobody ever takes one out.
type Receipts struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

func (r *Receipts) keep(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[id] = time.Now() // planted: the leak
}

// page is made of two halves. The bad release renders them at the same time.
func (s *service) page(w http.ResponseWriter, _ *http.Request) {
	halves := make([]string, 2)
	if !s.bad.Load() {
		s.parts.mu.Lock()
		halves[0], halves[1] = s.parts.basket(), s.parts.advice()
		s.parts.mu.Unlock()
	} else {
		var both sync.WaitGroup
		both.Add(2)
		go func() { defer both.Done(); halves[0] = s.parts.basket() }()
		go func() { defer both.Done(); halves[1] = s.parts.advice() }()
		both.Wait()
	}
	fmt.Fprint(w, halves[0], halves[1])
}

// Parts of pages are rendered anew where they are stale. stale is under mu, which the bad release does not hold.
//
// Hardly ever is anything stale, and of an empty map the runtime returns before it looks whether somebody else writes:
// as in many a program, the race is there for long before it kills.
type Parts struct {
	mu    sync.Mutex
	stale map[string]bool
}

const partsOfHalf = 4

func (p *Parts) basket() (html string) {
	for i := 0; i < partsOfHalf; i++ {
		html = render("basket", i, html)
		delete(p.stale, "part:basket") // planted: one side of the race
	}
	return html
}

func (p *Parts) advice() (html string) {
	for i := 0; i < partsOfHalf; i++ {
		html = render("advice", i, html)
		delete(p.stale, "part:advice") // planted: the other side of the race
	}
	return html
}

// render takes a tenth of a millisecond.
func render(name string, number int, before string) string {
	sum := sha256.Sum256([]byte(before))
	for i := 0; i < 1000; i++ {
		sum = sha256.Sum256(sum[:])
	}
	return fmt.Sprintf("<p>%s %d %x</p>", name, number, sum[:4])
}
