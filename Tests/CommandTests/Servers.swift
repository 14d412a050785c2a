import Foundation
import Glibc
import Testing

/// A server of Debian's nginx on a port of loopback, which can be stopped and started.
final class Nginx {
  let port: UInt16
  private let folder: Scratch
  private var child: Child?

  /// `location` is what the server does, and `files` what it serves from; with a certificate, over
  /// TLS; `listen` are the words behind its port.
  init(
    _ location: String = #"location / { return 200 "here"; }"#, tls: Certificate? = nil,
    files: [String: Data] = [:], listen: String? = nil
  ) throws {
    folder = try Scratch()
    port = try freePort()
    for (name, content) in files {
      try content.write(to: URL(fileURLWithPath: folder.path + "/" + name))
    }
    let certificate =
      tls.map { "ssl_certificate \($0.path); ssl_certificate_key \($0.key);" } ?? ""
    try folder.write(
      """
      daemon off;
      master_process off;
      pid \(folder.path)/pid;
      error_log \(folder.path)/error.log;
      events {}
      http {
        access_log off;
        client_body_temp_path \(folder.path);
        proxy_temp_path \(folder.path);
        fastcgi_temp_path \(folder.path);
        uwsgi_temp_path \(folder.path);
        scgi_temp_path \(folder.path);
        root \(folder.path);
        server {
          listen 127.0.0.1:\(port) \(listen ?? (tls == nil ? "" : "ssl http2"));
          \(certificate)
          \(location)
        }
      }
      """, "nginx.conf")
    try start()
  }

  deinit { stop() }

  /// Starts, and returns when it answers.
  func start() throws {
    let errors = folder.path + "/error.log"
    let child = try Child(
      ["/usr/sbin/nginx", "-p", folder.path, "-c", folder.path + "/nginx.conf", "-e", errors])
    self.child = child
    while child.isRunning, !isListening(port) {}
    if !child.isRunning { throw POSIXError(.ENOENT) }
  }

  /// Stops, and returns when it is gone.
  func stop() {
    child?.signal(SIGTERM)
    _ = child?.wait()
    child = nil
  }
}

/// A port of loopback that takes connections and never answers.
final class Listener {
  let port: UInt16
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    port = try bound(descriptor)
    listen(descriptor, 512)
  }

  deinit { close(descriptor) }

  func awaitConnection() { #expect(accept(descriptor, nil, nil) >= 0) }
}

/// A port of loopback that nobody uses.
func freePort() throws -> UInt16 {
  let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(probe) }
  return try bound(probe)
}

/// Binds a socket to a port of loopback that the system chooses, and returns it.
func bound(_ descriptor: Int32) throws -> UInt16 {
  var address = loopback(0)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
    }
  }
  if !isBound { throw CocoaError(.featureUnsupported) }
  return UInt16(bigEndian: address.sin_port)
}

private func isListening(_ port: UInt16) -> Bool {
  let probe = connected(port)
  defer { close(probe) }
  return probe >= 0
}

/// A socket with a connection to a port of loopback, or −1.
func connected(_ port: UInt16) -> Int32 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = loopback(port)
  let isConnected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  if isConnected { return descriptor }
  close(descriptor)
  return -1
}

func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  return address
}

/// A server of Debian's that stays in the foreground and listens on loopback.
final class Service {
  let port: UInt16
  private let child: Child

  /// Starts it, and returns when somebody listens on the port.
  init(_ arguments: [String], port: UInt16) throws {
    self.port = port
    child = try Child(arguments)
    while child.isRunning, !isListening(port) {}
    if !child.isRunning { throw POSIXError(.ENOENT) }
  }

  deinit {
    child.signal(SIGTERM)
    _ = child.wait()
  }
}

extension Service {
  /// A name server of Debian's dnsmasq that knows a few names of `test`.
  static func names(_ scratch: Scratch) throws -> Service {
    let port = try freePort()
    let configuration = try scratch.write(
      """
      port=\(port)
      listen-address=127.0.0.1
      bind-interfaces
      no-resolv
      no-hosts
      user=root
      pid-file=
      local=/test/
      address=/web.test/127.0.0.7
      address=/xn--bcher-kva.test/127.0.0.8
      txt-record=txt.test,"hello world"
      mx-host=mx.test,mail.test,10
      """, "dnsmasq.conf")
    return try Service(["dnsmasq", "-k", "-C", configuration], port: port)
  }

  /// A broker of MQTT, mosquitto.
  static func broker(_ scratch: Scratch) throws -> Service {
    let port = try freePort()
    let configuration = try scratch.write(
      "listener \(port) 127.0.0.1\nallow_anonymous true\nsys_interval 1\nuser root\n",
      "mosquitto.conf")
    return try Service(["mosquitto", "-c", configuration], port: port)
  }

  /// A server of FTP, vsftpd, with a folder of its own.
  static func files(_ scratch: Scratch) throws -> Service {
    let port = try freePort()
    let folder = scratch.path + "/files"
    mkdir(folder, 0o555)
    let configuration = try scratch.write(
      """
      listen=YES
      listen_address=127.0.0.1
      listen_port=\(port)
      background=NO
      anonymous_enable=YES
      anon_root=\(folder)
      secure_chroot_dir=\(folder)
      no_anon_password=YES
      seccomp_sandbox=NO
      """, "vsftpd.conf")
    return try Service(["vsftpd", configuration], port: port)
  }
}

/// A port of loopback whose connections are treated, each by a thread of its own, until it is let go.
final class Acceptor {
  let port: UInt16
  private let listener: Int32

  init(_ treat: @escaping @Sendable (Int32) -> Void) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    port = try bound(listener)
    listen(listener, 1024)
    // The thread has a descriptor of its own: were it to share ours, it could accept connections of
    // whatever socket gets the same number after ours is closed.
    let own = dup(listener)
    Thread.detachNewThread {
      defer { close(own) }
      while true {
        let connection = accept(own, nil, nil)
        if connection < 0 { return }
        Thread.detachNewThread {
          treat(connection)
          close(connection)
        }
      }
    }
  }

  deinit {
    // Shutdown wakes the thread in accept; close alone would not.
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}

/// A server that says its greeting and answers lines by their first words, as mail servers do.
final class Scripted {
  private let acceptor: Acceptor
  var port: UInt16 { acceptor.port }

  init(_ greeting: String, _ replies: [String: String]) throws {
    acceptor = try Acceptor { Scripted.talk($0, greeting, replies) }
  }

  private static func talk(_ connection: Int32, _ greeting: String, _ replies: [String: String]) {
    func say(_ text: String) {
      _ = send(connection, text + "\r\n", text.utf8.count + 2, Int32(MSG_NOSIGNAL))
    }
    say(greeting)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return }
      let line = String(decoding: buffer.prefix(count), as: UTF8.self)
      // IMAP's commands come after a tag, which the answer repeats.
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      let reply = words.lazy.compactMap { replies[$0.uppercased()] }.first ?? "500 what?"
      if !reply.isEmpty { say(reply.replacingOccurrences(of: "TAG", with: words.first ?? "")) }
    }
  }
}
