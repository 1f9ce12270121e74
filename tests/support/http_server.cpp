#include "support/http_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

namespace condenser::test {
namespace {

constexpr std::size_t kPiece = 16 << 10;  // bytes
constexpr std::size_t kLargestRequest = 64 << 10;

// A socket on a free port of the loopback.
std::pair<int, std::uint16_t> boundSocket() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (socket < 0 || ::bind(socket, generic, size) != 0 || ::getsockname(socket, generic, &size) != 0)
        throw std::runtime_error("no socket on the loopback");
    return {socket, ntohs(address.sin_port)};
}

std::string headerOf(const std::string& request, std::string_view name) {
    const std::size_t at = request.find(fmt::format("\r\n{}: ", name));
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

}  // namespace

HttpServer::HttpServer(std::string content, std::vector<HttpAnswer> answers)
    : m_content(std::move(content)), m_answers(std::move(answers)) {
    std::tie(m_listener, m_port) = boundSocket();
    m_leave = ::eventfd(0, EFD_CLOEXEC);
    if (m_leave < 0 || ::listen(m_listener, 16) != 0) throw std::runtime_error("cannot listen on the loopback");
    m_thread = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
    const std::uint64_t one = 1;
    if (::write(m_leave, &one, sizeof one) == sizeof one) m_thread.join();
    ::close(m_listener);
    ::close(m_leave);
}

std::string HttpServer::url(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}{}", m_port, path);
}

std::vector<HttpSeen> HttpServer::seen() const {
    const std::lock_guard lock(m_mutex);
    return m_seen;
}

void HttpServer::serve() {
    for (;;) {
        pollfd waits[]{{m_listener, POLLIN, 0}, {m_leave, POLLIN, 0}};
        if (::poll(waits, 2, -1) < 0) continue;
        if (waits[1].revents != 0) return;
        const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        answer(client);
        ::close(client);
    }
}

bool HttpServer::send(int client, std::string_view bytes) const {
    while (!bytes.empty()) {
        pollfd waits[]{{client, POLLOUT, 0}, {m_leave, POLLIN, 0}};
        if (::poll(waits, 2, -1) < 0) continue;
        if (waits[1].revents != 0) return false;
        const ssize_t sent = ::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool HttpServer::waitUntilGone(int client) const {
    pollfd waits[]{{client, POLLIN, 0}, {m_leave, POLLIN, 0}};
    return ::poll(waits, 2, -1) > 0;
}

void HttpServer::answer(int client) {
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos && request.size() < kLargestRequest) {
        pollfd waits[]{{client, POLLIN, 0}, {m_leave, POLLIN, 0}};
        if (::poll(waits, 2, -1) <= 0 || waits[1].revents != 0) return;
        char buffer[4096];
        const ssize_t got = ::recv(client, buffer, sizeof buffer, 0);
        if (got <= 0) return;
        request.append(buffer, static_cast<std::size_t>(got));
        if (m_answers.front().notHttp) {
            send(client, "220 welcome to something else\r\n");
            return;
        }
    }
    const std::size_t path = request.find(' ') + 1;
    const HttpSeen seen{request.substr(path, request.find(' ', path) - path), headerOf(request, "Range"),
                        headerOf(request, "If-Range")};
    std::size_t number = 0;
    {
        const std::lock_guard lock(m_mutex);
        number = m_seen.size();
        m_seen.push_back(seen);
    }
    const HttpAnswer& how = m_answers[std::min(number, m_answers.size() - 1)];

    const std::string& whole = how.content ? *how.content : m_content;
    std::string head, content = whole;
    int status = how.status;
    const std::string version = how.etag.empty() ? how.modified : how.etag;
    const bool sameVersion = seen.ifRange.empty() || seen.ifRange == version || how.ignoresIfRange;
    if (status != 200) {
        content = "a sentence instead\n";
    } else if (how.ranges && sameVersion && seen.range.rfind("bytes=", 0) == 0) {
        std::size_t from = std::stoul(seen.range.substr(6));
        if (how.wrongRange) --from;
        if (from >= whole.size()) {
            status = 416;
            content.clear();
            head += fmt::format("Content-Range: bytes */{}\r\n", whole.size());
        } else {
            status = 206;
            content = whole.substr(from);
            head += fmt::format("Content-Range: bytes {}-{}/{}\r\n", from, whole.size() - 1, whole.size());
        }
    }
    if (!how.etag.empty()) head += "ETag: " + how.etag + "\r\n";
    if (!how.modified.empty()) head += "Last-Modified: " + how.modified + "\r\n";
    if (!how.location.empty()) head += "Location: " + how.location + "\r\n";
    if (how.chunked) {
        head += "Transfer-Encoding: chunked\r\n";
    } else if (!how.endless) {
        head += fmt::format("Content-Length: {}\r\n", how.claimedLength.value_or(content.size()));
    }
    if (!send(client, fmt::format("HTTP/1.1 {} Status\r\nConnection: close\r\n{}\r\n", status, head))) return;

    const std::size_t end =
        std::min({content.size(), how.cutAfter.value_or(content.size()), how.stallAfter.value_or(content.size())});
    for (std::size_t at = 0; at < end; at += kPiece) {
        std::this_thread::sleep_for(how.pause);
        const std::string_view piece = std::string_view(content).substr(at, std::min(kPiece, end - at));
        const bool sent = how.chunked ? send(client, fmt::format("{:x}\r\n", piece.size())) && send(client, piece) &&
                                            send(client, "\r\n")
                                      : send(client, piece);
        if (!sent) return;
    }
    if (how.stallAfter) waitUntilGone(client);
    if (how.chunked && end == content.size()) send(client, "0\r\n\r\n");
}

std::uint16_t deafPort() {
    const auto [socket, port] = boundSocket();
    ::close(socket);
    return port;
}

void askLoopbackDirectly() {
    ::setenv("no_proxy", "127.0.0.1", 1);
}

}  // namespace condenser::test
