// A small HTTP/1.1 server on the loopback, whose answers, good and bad, are written down beforehand.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace condenser::test {

// How one request is answered; as it stands, like any good server.
struct HttpAnswer {
    int status = 200;                              // any other: no content but a sentence
    std::string etag = "\"1\"";                    // empty: none
    std::string modified{};                        // Last-Modified; empty: none
    std::string location{};                        // with a status of 3xx
    std::optional<std::string> content{};          // instead of the server's
    bool ranges = true;                            // honours Range and If-Range
    bool wrongRange = false;                       // sends from elsewhere than it was asked for
    bool ignoresIfRange = false;                   // sends a range of whatever version
    std::optional<std::size_t> cutAfter{};         // bytes of content: then the connection ends
    std::optional<std::size_t> stallAfter{};       // bytes of content: then nothing comes any more
    std::optional<std::uint64_t> claimedLength{};  // Content-Length, whatever is sent
    bool chunked = false;                          // instead of a Content-Length
    bool endless = false;                          // neither: the end of the connection ends the content
    bool notHttp = false;                          // something else altogether; looked at in the first answer alone
    std::chrono::milliseconds pause{0};            // before each 16 KB
};

struct HttpSeen {
    std::string path;
    std::string range, ifRange;  // the headers' values; empty: none
};

class HttpServer {
  public:
    // The n-th request gets the n-th answer, and those beyond get the last one.
    explicit HttpServer(std::string content, std::vector<HttpAnswer> answers = {{}});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::string url(const std::string& path = "/file") const;
    std::uint16_t port() const { return m_port; }
    std::vector<HttpSeen> seen() const;

  private:
    void serve();
    void answer(int client);
    bool send(int client, std::string_view bytes) const;  // false: the client has gone, or the server ends
    bool waitUntilGone(int client) const;

    const std::string m_content;
    const std::vector<HttpAnswer> m_answers;
    int m_listener = -1, m_leave = -1;
    std::uint16_t m_port = 0;
    mutable std::mutex m_mutex;
    std::vector<HttpSeen> m_seen;  // guarded by m_mutex
    std::thread m_thread;
};

// A port of the loopback where nobody listens.
std::uint16_t deafPort();

// Whatever proxy the environment names, this process asks the loopback itself.
void askLoopbackDirectly();

}  // namespace condenser::test
