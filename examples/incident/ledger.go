package main

import (
	"encoding/json"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// ledger writes down what the program did: a line at each change, with all that was done so far.
type ledger struct {
	mu                                 sync.Mutex
	file                               *os.File
	dropped, kept, requests, forbidden atomic.Int64
}

type entry struct {
	Time time.Time `json:"time"`
	Did  string    `json:"did"`
	// Since the start: sessions that the storm deleted, receipts that were kept, requests, and those without session.
	Dropped   int64 `json:"dropped"`
	Kept      int64 `json:"kept"`
	Requests  int64 `json:"requests"`
	Forbidden int64 `json:"forbidden"`
}

func newLedger(path string) (*ledger, error) {
	if path == "" {
		return &ledger{}, nil
	}
	file, err := os.Create(path)
	return &ledger{file: file}, err
}

func (l *ledger) did(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return
	}
	line, err := json.Marshal(entry{
		Time: time.Now(), Did: what,
		Dropped: l.dropped.Load(), Kept: l.kept.Load(), Requests: l.requests.Load(), Forbidden: l.forbidden.Load(),
	})
	if err == nil {
		_, err = l.file.Write(append(line, '\n'))
	}
	if err != nil {
		panic(err)
	}
}

func (l *ledger) close() error {
	l.did("end")
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
