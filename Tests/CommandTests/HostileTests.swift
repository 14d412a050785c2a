import Foundation
import Glibc
import Outages
import Synchronization
import Testing

/// A server that answers each connection with something else that no server should say.
private final class Fuzzer {
  private let acceptor: Acceptor
  var port: UInt16 { acceptor.port }

  /// What well-behaved servers say, to be bent.
  private static let answers: [[UInt8]] = [
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n\u{1f}\u{8b}\u{8}junk",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    "220 ftp here\r\n331 password?\r\n230 in\r\n250 there\r\n229 ok (|||1|)\r\n",
    "220 smtp here\r\n250-here\r\n250 AUTH PLAIN\r\n214 help\r\n",
    "* OK imap here\r\n* CAPABILITY IMAP4rev1\r\nA001 OK\r\n",
    "\u{16}\u{3}\u{3}\u{0}\u{7a}\u{2}\u{0}\u{0}\u{76}\u{3}\u{3}hello server hello",
  ].map { Array($0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }) }

  init(seed: UInt64) throws {
    let random = Mutex(SplitMix(state: seed))
    acceptor = try Acceptor { connection in
      random.withLock { Fuzzer.treat(connection, &$0) }
    }
  }

  private static func treat(_ connection: Int32, _ random: inout SplitMix) {
    var bytes = answers[Int(random.next() % UInt64(answers.count))]
    switch random.next() % 6 {
    // Cut at some place; every place comes in time.
    case 0, 1: bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1))))
    // Some bytes turned over.
    case 2:
      for _ in 0...random.next() % 4 {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
    // Noise.
    case 3:
      bytes = (0..<Int(random.next() % 2000)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    // A head without end, and a body without end.
    case 4:
      bytes =
        Array("HTTP/1.1 200 OK\r\n".utf8)
        + Array(repeating: "X-Y: z\r\n", count: 20_000).joined().utf8
    default: bytes += Array(repeating: 0x61, count: 200_000)
    }
    var isReset = linger(l_onoff: random.next() % 4 == 0 ? 1 : 0, l_linger: 0)
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &isReset, socklen_t(MemoryLayout<linger>.size))
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    // Some let the answer arrive before the connection is cut: that too is a way to misbehave.
    if random.next() % 3 == 0 { usleep(500) }
  }
}

/// A name server that bends its answers.
private final class FuzzedNames {
  let port: UInt16
  private let descriptor: Int32

  init(seed: UInt64) throws {
    descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    port = try bound(descriptor)
    let own = dup(descriptor)
    Thread.detachNewThread {
      defer { close(own) }
      var random = SplitMix(state: seed)
      var cut = 0
      var question = [UInt8](repeating: 0, count: 512)
      while true {
        var from = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &from) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            recvfrom(own, &question, question.count, 0, $0, &length)
          }
        }
        // An empty datagram is how it is told to stop.
        if count <= 0 { return }
        let answer = FuzzedNames.answer(Array(question.prefix(count)), &random, &cut)
        _ = withUnsafePointer(to: from) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            sendto(own, answer, answer.count, 0, $0, length)
          }
        }
      }
    }
  }

  deinit {
    let caller = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = loopback(port)
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(caller, nil, 0, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    close(caller)
    close(descriptor)
  }

  private static func answer(
    _ question: [UInt8], _ random: inout SplitMix, _ cut: inout Int
  ) -> [UInt8] {
    var bytes = question
    if bytes.count > 7 {
      bytes[2] |= 0x80
      bytes[7] = UInt8(random.next() % 4)
      // c-ares adds a record of its own (EDNS), or not.
      (bytes[10], bytes[11]) = (0, 0)
    }
    let types: [UInt8] = [1, 2, 5, 6, 12, 15, 16, 28, 33, 99]
    for _ in 0..<Int(random.next() % 4) {
      let data = (0..<Int(random.next() % 24)).map { _ in
        UInt8(truncatingIfNeeded: random.next() % 64)
      }
      bytes += [0xc0, 12, 0, types[Int(random.next() % 10)], 0, 1, 0, 0, 0, 9, 0]
      bytes += [random.next() % 5 == 0 ? 200 : UInt8(data.count)] + data
    }
    // One in three is cut, at one place after the other.
    if random.next() % 3 == 0 {
      bytes = Array(bytes.prefix(cut % (bytes.count + 1)))
      cut += 1
    }
    return bytes
  }
}

extension CommandTests {
  /// Whoever answers cannot hurt: 10,000 probes under valgrind, without an error and without a leak.
  @Suite struct Hostility {
    /// Servers of each kind, whose answers are cut at each place.
    private struct Spoiled {
      let relays: [(url: String, more: String, count: Int, relay: Relay)]
      private let services: [AnyObject]

      /// Mail servers of each kind.
      private static let mail: [(scheme: String, greeting: String, replies: [String: String])] = [
        ("smtp", "220 here", ["EHLO": "250-here\r\n250 AUTH PLAIN", "QUIT": "221 bye"]),
        (
          "imap", "* OK here",
          ["CAPABILITY": "* CAPABILITY IMAP4rev1\r\nTAG OK", "LOGOUT": "TAG OK"]
        ),
        ("pop3", "+OK here", ["CAPA": "+OK\r\nSASL PLAIN\r\n.", "QUIT": "+OK"]),
      ]

      init(_ scratch: Scratch) throws {
        let certificate = try Certificate.make(in: scratch.path)[.good]
        let servers = try [
          Nginx(), Nginx(listen: "http2"), Nginx(tls: certificate),
        ]
        let (names, broker, files) = (
          try Service.names(scratch), try Service.broker(scratch), try Service.files(scratch)
        )
        let mail = try Spoiled.mail.map { try Scripted($0.greeting, $0.replies) }
        services = servers + [names, broker, files] + mail
        let trust = "tls: {ca: \(scratch.path)/ca.pem}"
        let post = zip(Spoiled.mail, mail).map { ("\($0.scheme)://127.0.0.1:%/", "", 4, $1.port) }
        relays = try
          ([
            ("http://127.0.0.1:%/", "expect: {body: here}", 6, servers[0].port),
            ("http://127.0.0.1:%/", "http: 2", 6, servers[1].port),
            ("https://127.0.0.1:%/", trust, 24, servers[2].port),
            ("dns+tcp://127.0.0.1:%/mx.test?type=MX", "", 4, names.port),
            ("mqtt://127.0.0.1:%/%24SYS/broker/version", "expect: {body: x}", 4, broker.port),
            ("ftp://127.0.0.1:%/", "", 6, files.port),
          ] + post).map { ($0, $1, $2, try Relay(to: $3)) }
      }

      var targets: [String] {
        relays.enumerated().flatMap { kind, one in
          (0..<one.count).map { number in
            let url = one.url.replacingOccurrences(of: ":%/", with: ":\(one.relay.port)/")
            return "  r\(kind)-\(number): {url: '\(url)', timeout: 900ms, \(one.more)}"
          }
        }
      }
    }

    /// Servers that say what no server should.
    private struct Mad {
      private let servers: [Fuzzer]
      private let names: FuzzedNames
      private let ways = [
        "http://127.0.0.1:%/", "http://127.0.0.1:%/ json", "https://127.0.0.1:%/",
        "tls://127.0.0.1:%", "ftp://127.0.0.1:%/", "smtp://127.0.0.1:%", "imap://127.0.0.1:%",
        "mqtt://127.0.0.1:%/t", "rtsp://127.0.0.1:%/", "gopher://127.0.0.1:%/",
        "dict://127.0.0.1:%/", "dns+tcp://127.0.0.1:%/a.test", "http://localhost:%/ json",
      ]

      init() throws {
        servers = try (1...4).map { try Fuzzer(seed: $0) }
        names = try FuzzedNames(seed: 5)
      }

      var targets: [String] {
        let streams = (0..<52).map { number in
          let way = ways[number % ways.count].split(separator: " ")
          let url = way[0].replacingOccurrences(of: "%", with: "\(servers[number % 4].port)")
          let more = way.count > 1 ? ", redirects: 3, expect: {body: ok, json: {/status: ok}}" : ""
          return "  t\(number): {url: '\(url)'\(more)}"
        }
        return streams
          + ["A", "MX", "TXT", "SOA", "SRV", "AAAA"].enumerated().map { number, type in
            "  d\(number): 'dns://127.0.0.1:\(names.port)/a.test?type=\(type)'"
          }
      }
    }

    @Test func aFuzzedServerNeitherCrashesNorLeaks() throws {
      let scratch = try Scratch()
      // Valgrind cannot read the debugging information that Swift writes.
      let program = scratch.path + "/outage"
      #expect(try Child(["strip", "-g", "-o", program, Program.path]).wait() == 0)
      let (spoiled, mad) = (try Spoiled(scratch), try Mad())
      let plan = try scratch.write(
        "every: 1s\ntimeout: 150ms\nlimits: {in-flight: 48, headers: 65536}\ntargets:\n"
          + (spoiled.targets + mad.targets).joined(separator: "\n") + "\n", "plan.yaml")
      let errors = scratch.path + "/valgrind"
      // Swift's own runtime reads a flag that it has not written.
      let known = try scratch.write(
        "{\n  swift\n  Memcheck:Cond\n  fun:swift_initStructMetadata\n}\n", "known")
      let watch = try Child(
        [
          "valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite",
          "--errors-for-leak-kinds=definite", "--error-exitcode=99", "--suppressions=\(known)",
          "--log-file=\(errors)", program,
          "watch", plan, "--data", scratch.path, "--for", "10m",
        ], errors: scratch.path + "/said")
      let log = try Tail(scratch.path + "/probes.ndjson")
      var probes = 0
      while log.line(containing: #""ok":"#) != nil {
        probes += 1
        if probes >= 10_000, spoiled.relays.allSatisfy(\.relay.isThrough) { break }
      }
      // Who is told to stop gives up what is in flight.
      for one in spoiled.relays { #expect(one.relay.isThrough, "\(one.url)") }
      watch.signal(SIGTERM)
      let status = watch.wait()
      let found = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
      #expect(probes >= 10_000 && status == 0, "\(probes) probes, then \(status): \(found)")
      withExtendedLifetime((spoiled, mad)) {}
    }
  }
}
