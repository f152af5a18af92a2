package main

import (
	"context"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"time"
)

// visit logs in, looks around, buys and leaves, again and again. Now and then it forgets to log out, and now
// and then it logs out twice.
func visit(ctx context.Context, url string, number int, pause time.Duration) {
	random := rand.New(rand.NewSource(int64(number)))
	get := func(path string) string {
		time.Sleep(time.Duration(random.Int63n(int64(2*pause) + 1)))
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+path, nil)
		if err != nil {
			return ""
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return ""
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return string(body)
	}
	words := []string{"red", "green", "blue", "shoe", "hat", "lamp"}
	for ctx.Err() == nil {
		session := get(fmt.Sprintf("/login?user=visitor%d", random.Intn(1000)))
		for i := random.Intn(6); i >= 0; i-- {
			get("/search?q=" + words[random.Intn(len(words))])
			get(fmt.Sprintf("/cart?session=%s&product=%d", session, random.Intn(2000)))
		}
		get(fmt.Sprintf("/checkout?session=%s&order=%d", session, random.Int63()))
		for i := random.Intn(3); i > 0; i-- {
			get("/logout?session=" + session)
		}
	}
}
