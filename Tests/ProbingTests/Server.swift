import CCurl
import Foundation
import Glibc
import Synchronization

/// A server on loopback that treats each connection in one way, until it is let go.
final class Server: Sendable {
  enum Manner: Sendable {
    /// Holds the port and does not listen: connections are refused.
    case closed
    /// Never accepts: the kernel completes the connection, and nothing answers.
    case silent
    /// Cuts the connection with a reset.
    case resetting
    /// Closes the connection without a word.
    case closing
    /// Answers with these bytes and closes.
    case answering(String)
    /// Sends without end, as long as somebody reads.
    case endless(String)
    /// Sends the first text and then the second, again and again.
    case repeating(String, String)
    /// Sends a byte of this every few milliseconds, and its last for ever.
    case dripping(String)
  }

  let port: UInt16
  private let listener: Int32
  private let count = Count()

  private final class Count: Sendable { let value = Atomic(0) }

  /// How many connections came.
  var connections: Int { count.value.load(ordering: .relaxed) }

  init(_ manner: Manner) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && getsockname(listener, address, &length) == 0
      }
    }
    if !isReady { throw CocoaError(.featureUnsupported) }
    (self.listener, port) = (listener, UInt16(bigEndian: address.sin_port))
    if case .closed = manner { return }
    listen(listener, 512)
    if case .silent = manner { return }
    // The thread has a descriptor of its own: were it to share ours, it could accept connections of
    // whatever socket gets the same number after ours is closed.
    let own = dup(listener)
    Thread.detachNewThread { [count] in
      defer { close(own) }
      while true {
        let connection = accept(own, nil, nil)
        if connection < 0 { return }
        count.value.add(1, ordering: .relaxed)
        Server.treat(connection, manner)
      }
    }
  }

  deinit {
    // Shutdown wakes the thread in accept; close alone would not.
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private static func treat(_ connection: Int32, _ manner: Manner) {
    defer { close(connection) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    switch manner {
    case .closed, .silent: return
    case .resetting:
      var now = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    case .closing:
      _ = recv(connection, &buffer, buffer.count, 0)
    case .answering(let text):
      _ = recv(connection, &buffer, buffer.count, 0)
      _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
    case .repeating(let head, let line):
      _ = recv(connection, &buffer, buffer.count, 0)
      _ = send(connection, head, head.utf8.count, Int32(MSG_NOSIGNAL))
      while send(connection, line, line.utf8.count, Int32(MSG_NOSIGNAL)) > 0 {}
    case .dripping(let text):
      var rest = Array(text.utf8)[...]
      while send(connection, [rest.first ?? 0], 1, Int32(MSG_NOSIGNAL)) > 0 {
        if rest.count > 1 { rest.removeFirst() }
        // That it comes slowly is what is tried.
        usleep(10_000)
      }
    case .endless(let head):
      _ = recv(connection, &buffer, buffer.count, 0)
      _ = send(connection, head, head.utf8.count, Int32(MSG_NOSIGNAL))
      while send(connection, buffer, buffer.count, Int32(MSG_NOSIGNAL)) > 0 {}
    }
  }
}
