// A request's context is used by the goroutines that its handler starts, as with GraphQL's resolvers:
// https://github.com/labstack/echo/pull/1158.
package main

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

func main() {
	e := echo.New()
	e.GET("/", func(c echo.Context) error {
		for n := 0; n < 3; n++ {
			go func(n int) {
				for i := 0; ; i++ {
					c.Set("key"+strconv.Itoa(i%8), n)
					c.Get("user")
					time.Sleep(100 * time.Microsecond)
				}
			}(n)
		}
		select {}
	})
	e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}
