// One conversation: the helper sends "VERB\n" and docker's payload and closes its side; the store
// answers "0" or "1" (the helper's exit code), a line break and the helper's output.
#include "executor/net/credentials.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "executor/error.hpp"
#include "executor/net/unix_socket.hpp"

namespace crun::executor {

namespace asio = boost::asio;
using boost::system::error_code;
using nlohmann::json;

namespace {

using Socket = asio::local::stream_protocol::socket;

constexpr std::size_t largest_request = 256 * 1024;
constexpr auto patience = std::chrono::seconds(10);
/// docker recognizes exactly this sentence as "no credentials, go on without".
constexpr const char* not_found = "credentials not found in native keychain";

bool is_same_user(int socket) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

std::string_view host_of(std::string_view server) {
  const std::size_t scheme = server.find("://");
  if (scheme != server.npos) server.remove_prefix(scheme + 3);
  return server.substr(0, server.find('/'));
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

}  // namespace

struct CredentialStore::Impl : std::enable_shared_from_this<CredentialStore::Impl> {
  Impl(asio::any_io_executor executor, std::filesystem::path path, OnStore callback)
      : acceptor(executor), socket(std::move(path)), on_store(std::move(callback)) {
    Fd fd = listen_on_unix_socket(socket);
    acceptor.assign(asio::local::stream_protocol(), fd.get());
    fd.release();
  }

  struct Conversation {
    Conversation(std::shared_ptr<Impl> owner, Socket with)
        : store(std::move(owner)), peer(std::move(with)), timer(peer.get_executor()) {}
    std::shared_ptr<Impl> store;
    Socket peer;
    asio::steady_timer timer;
    std::string request, answer;
    std::array<char, 4096> chunk{};
  };

  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code error, Socket peer) {
      if (!self->acceptor.is_open()) return;
      if (!error && is_same_user(peer.native_handle())) {
        auto conversation = std::make_shared<Conversation>(self, std::move(peer));
        conversation->timer.expires_after(patience);
        conversation->timer.async_wait([weak = std::weak_ptr(conversation)](error_code stopped) {
          const auto late = weak.lock();
          error_code ignored;
          if (!stopped && late) late->peer.close(ignored);
        });
        read(std::move(conversation));
      }
      self->accept();
    });
  }

  static void read(std::shared_ptr<Conversation> talk) {
    Conversation& it = *talk;
    it.peer.async_read_some(
        asio::buffer(it.chunk), [talk = std::move(talk)](error_code error, std::size_t size) {
          talk->request.append(talk->chunk.data(), size);
          if (talk->request.size() > largest_request) return;
          if (!error) return read(talk);
          if (error == asio::error::eof) reply(talk);
        });
  }

  static void reply(std::shared_ptr<Conversation> talk) {
    const std::size_t line = talk->request.find('\n');
    if (line == std::string::npos) return;
    const std::string verb = talk->request.substr(0, line);
    talk->answer = talk->store->answer(verb, std::string_view(talk->request).substr(line + 1));
    Conversation& it = *talk;
    asio::async_write(
        it.peer, asio::buffer(it.answer), [talk = std::move(talk)](error_code, std::size_t) {
          talk->timer.cancel();
        });
  }

  std::string answer(const std::string& verb, std::string_view payload) {
    if (verb == "store") return store(payload);
    if (verb == "list") {
      json names = json::object();
      for (const auto& [server, credentials] : entries) names[server] = credentials.username;
      return "0\n" + names.dump();
    }
    const std::string server = trimmed(payload);
    if (verb == "erase") {
      entries.erase(server);
      return "0\n";
    }
    if (verb != "get") return fmt::format("1\nunknown verb '{}'", verb);
    const auto found = find(server);
    if (found == entries.end()) return fmt::format("1\n{}", not_found);
    const json answer = {
        {"ServerURL", server},
        {"Username", found->second.username},
        {"Secret", found->second.password}};
    return "0\n" + answer.dump();
  }

  /// `docker login http://127.0.0.1:5002` stores the scheme too; asked for is the host.
  std::map<std::string, Credentials>::const_iterator find(const std::string& server) const {
    const auto exact = entries.find(credential_server_name(server));
    if (exact != entries.end()) return exact;
    return std::find_if(entries.begin(), entries.end(), [&server](const auto& entry) {
      return host_of(entry.first) == host_of(server);
    });
  }

  std::string store(std::string_view payload) {
    const json entry = json::parse(payload, nullptr, false);
    const auto text = [&entry](const char* name) {
      const auto found = entry.find(name);
      return found != entry.end() && found->is_string() ? found->get<std::string>() : "";
    };
    if (!entry.is_object() || text("ServerURL").empty()) return "1\nno credentials in the request";
    const std::string secret = text("Secret");
    if (on_store) on_store(secret);
    entries[text("ServerURL")] = {text("Username"), secret};
    return "0\n";
  }

  asio::local::stream_protocol::acceptor acceptor;
  std::filesystem::path socket;
  OnStore on_store;
  std::map<std::string, Credentials> entries;
};

CredentialStore::CredentialStore(
    asio::any_io_executor executor, std::filesystem::path socket, OnStore on_store)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(socket), std::move(on_store))) {
  impl_->accept();
}

CredentialStore::~CredentialStore() {
  error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->entries.clear();
  std::error_code also_ignored;
  std::filesystem::remove(impl_->socket, also_ignored);
}

const std::filesystem::path& CredentialStore::socket() const {
  return impl_->socket;
}

void CredentialStore::add(const std::string& registry, Credentials credentials) {
  if (impl_->on_store) impl_->on_store(credentials.password);
  impl_->entries[credential_server_name(registry)] = std::move(credentials);
}

std::optional<Credentials> CredentialStore::find(const std::string& registry) const {
  const auto found = impl_->find(credential_server_name(registry));
  if (found == impl_->entries.end()) return std::nullopt;
  return found->second;
}

std::string credential_server_name(std::string_view registry) {
  const bool docker_hub = registry.empty() || registry == "docker.io" ||
                          registry == "index.docker.io" || registry == "registry-1.docker.io";
  return docker_hub ? "https://index.docker.io/v1/" : std::string(registry);
}

}  // namespace crun::executor
