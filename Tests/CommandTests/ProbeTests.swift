import Foundation
import Glibc
import Testing

extension CommandTests {
  /// `outage probe` against real servers of each kind on loopback.
  @Suite struct Probing {
    /// What of a probe's line of JSON the tests look at.
    struct Line: Decodable {
      var target: String
      var ok: Bool
      var ms: Double?
      var error: String?
      var local: String?
      var died: String?
      var address: String?
      var status: Int?
      var bytes: Int?
      var answers: [String]?
      var certificate_days: Int?
      var phases: [String: Double]?
      var detail: String?
    }

    private func probe(
      _ url: String, _ with: String? = nil, _ more: [String] = []
    ) throws -> (line: Line, result: Program.Result) {
      let result = try Program.run(
        ["probe", url, "--format", "json"] + (with.map { ["--with", $0] } ?? []) + more
          + (with?.contains("timeout") ?? false ? [] : ["--timeout", "2s"]))
      let line = try JSONDecoder().decode(Line.self, from: Data(result.output.utf8))
      #expect(result.status == (line.ok ? 0 : 1))
      return (line, result)
    }

    /// A probe of a URL, with settings, has the word `ok` or that of its failure, and says a part of
    /// its sentence.
    private func check(
      _ url: String, _ with: String, _ word: String, _ says: String = "",
      location: SourceLocation = #_sourceLocation
    ) throws {
      let (line, result) = try probe(url, with)
      #expect(line.error ?? "ok" == word, "\(url) \(with): \(result)", sourceLocation: location)
      #expect(
        says.isEmpty || line.detail?.contains(says) ?? false, "\(result)", sourceLocation: location)
    }

    @Test func asksHTTPInAllWays() throws {
      let nginx = try Nginx(
        #"""
        location / { return 200 "here"; }
        location /json { return 200 '{"status":"ok","checks":[{"up":true}],"load":1.50}'; }
        location /moved { return 302 /; }
        location /loop { return 302 /loop; }
        location /down { return 503; }
        location /post { if ($request_method != POST) { return 405; } return 200 "$http_x_key"; }
        location /bearer { if ($http_authorization != "Bearer t0ken") { return 401; } return 204; }
        location /basic { if ($http_authorization != "Basic bWU6czNjcmV0") { return 401; } return 204; }
        location /bomb { add_header Content-Encoding gzip; }
        """#, files: ["bomb": try bomb()])
      let url = "http://127.0.0.1:\(nginx.port)"
      try check("\(url)/", "{}", "ok")
      try check("\(url)/down", "{}", "status", "HTTP status 503")
      try check("\(url)/down", "{expect: {status: 500-599}}", "ok")
      try check("\(url)/", "{method: HEAD, expect: {headers: {Server: nginx}}}", "ok")
      try check(
        "\(url)/", "{expect: {headers: {Server: apache}}}", "status", "does not match apache")
      try check(
        "\(url)/", "{expect: {headers: {X-None: x}}}", "status", "there is no header X-None")
      try check("\(url)/", "{expect: {body: '^here$'}}", "ok")
      try check("\(url)/", "{expect: {body: gone}}", "status", "the body does not match gone")
      try check(
        "\(url)/json", "{expect: {json: {/status: ok, /checks/0/up: true, /load: 1.5}}}", "ok")
      try check(
        "\(url)/json", "{expect: {json: {/status: bad}}}", "status", "/status is 'ok', not bad")
      try check("\(url)/moved", "{}", "ok")
      try check("\(url)/moved", "{redirects: 1, expect: {status: 200, body: here}}", "ok")
      try check("\(url)/loop", "{redirects: 3}", "status", "Maximum (3) redirects followed")
      try check("\(url)/post", "{}", "status", "HTTP status 405")
      try check(
        "\(url)/post", "{method: POST, headers: {X-Key: k1}, body: x, expect: {body: k1}}", "ok")
      try check("\(url)/bearer", "{}", "status", "HTTP status 401")
      try check("\(url)/bearer", "{auth: {bearer: t0ken}}", "ok")
      try check("\(url)/basic", "{auth: {user: me, password: s3cret}}", "ok")
      try check("\(url)/", "{http: 1.1, source: 127.0.0.9, family: ipv4, reuse: yes}", "ok")
      // A bomb is unpacked only where somebody looks, and no further than the limit.
      try check("\(url)/bomb", "{}", "ok")
      try check(
        "\(url)/bomb", "{expect: {body: x}}", "status", "the beginning of the body (65536 bytes)")
      try check("\(url)/", "{expect: {error: any}}", "status", "was expected not to")
      try check("\(url)/", "{proxy: 'http://127.0.0.1:1'}", "refused")
      // It opens no tunnels, and that is an answer.
      try check("https://far.invalid/", "{proxy: '\(url)'}", "status", "CONNECT tunnel failed")
      // As a proxy nginx answers for whomever it is asked.
      try check("http://far.invalid/", "{proxy: '\(url)'}", "ok")
    }

    /// Sixteen megabytes of zeros, packed.
    private func bomb() throws -> Data {
      let scratch = try Scratch()
      let path = scratch.path + "/bomb"
      let status = try Child(["sh", "-c", "head -c 16777216 /dev/zero | gzip >\(path)"]).wait()
      #expect(status == 0)
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    /// Whoever answers cannot pass his own fault for ours.
    @Test func tellsWhoseFaultItIs() throws {
      let endless = try Acceptor { connection in
        let line = Array(("HTTP/1.1 200 OK\r\nX: " + String(repeating: "z", count: 4096)).utf8)
        while send(connection, line, line.count, Int32(MSG_NOSIGNAL)) > 0 {}
      }
      let (long, _) = try probe("http://127.0.0.1:\(endless.port)/")
      #expect(long.error == "other" && long.local == nil, "\(long)")
      // Who takes a connection and says nothing of TLS fails in the handshake.
      let silent = try Listener()
      for scheme in ["tls", "https"] {
        let (line, _) = try probe("\(scheme)://127.0.0.1:\(silent.port)", "{timeout: 300ms}")
        #expect(line.error == "timeout" && line.died == "tls", "\(line)")
      }
    }

    @Test func looksAtCertificates() throws {
      let scratch = try Scratch()
      let made = try Certificate.make(in: scratch.path)
      let servers = try made.mapValues { try Nginx(tls: $0) }
      func url(_ kind: Certificate.Kind, _ scheme: String = "https") -> String {
        "\(scheme)://127.0.0.1:\(servers[kind]?.port ?? 0)"
      }
      let trust = "tls: {ca: \(scratch.path)/ca.pem}"
      let (good, _) = try probe(url(.good), "{\(trust), http: 2}")
      #expect(good.ok && [19, 20].contains(good.certificate_days))
      #expect(
        Set(good.phases.map { Array($0.keys) } ?? []) == ["connect", "tls", "first", "transfer"])
      try check(url(.good, "tls"), "{\(trust)}", "ok")
      try check(url(.good), "{}", "tls", "unable to get local issuer certificate")
      let (unknown, _) = try probe(url(.good))
      #expect(unknown.died == "tls")
      try check(url(.good), "{tls: {verify: no}}", "ok")
      try check(url(.expired), "{\(trust)}", "tls", "certificate has expired")
      try check(url(.expired, "tls"), "{\(trust)}", "tls", "certificate has expired")
      try check(url(.selfSigned), "{\(trust)}", "tls", "self-signed certificate")
      try check(url(.stranger), "{\(trust)}", "tls", "no alternative certificate subject name")
      try check(
        url(.good), "{\(trust), expect: {certificate: 30d}}", "tls",
        "a certificate of the chain expires in")
      try check(url(.good), "{\(trust), expect: {certificate: 7d}}", "ok")
      let (expired, _) = try probe(url(.expired), "{tls: {verify: no}}")
      #expect(expired.ok && expired.certificate_days ?? 0 < 0)
      try check(url(.expired), "{\(trust), expect: {error: tls}}", "ok")

      // A server that wants to know who asks.
      let demanding = try Nginx(
        """
        ssl_client_certificate \(scratch.path)/ca.pem;
        ssl_verify_client on;
        location / { return 200; }
        """, tls: made[.good])
      let mutual = "https://127.0.0.1:\(demanding.port)"
      try check(mutual, "{\(trust)}", "status", "HTTP status 400")
      let client = "certificate: \(scratch.path)/client.pem, key: \(scratch.path)/client.key"
      try check(mutual, "{tls: {ca: \(scratch.path)/ca.pem, \(client)}}", "ok")
      // What cannot be used is said before anybody is asked.
      for (tls, problem) in [
        ("certificate: client.key, key: client.key", "there is no certificate in"),
        ("certificate: client.pem, key: client.pem", "there is no key in"),
        ("certificate: client.pem, key: expired.key", "client.pem"),
      ] {
        let plan = try scratch.write("targets: {a: {url: 'https://h/', tls: {\(tls)}}}", "p.yaml")
        let result = try Program.run(["check", plan])
        #expect(
          result.status == 1 && result.errors.contains("p.yaml:1:")
            && result.errors.contains(problem), "\(result)")
      }

      // Who has no HTTP/2 is another server than was expected.
      let old = try Nginx(tls: made[.good], listen: "ssl")
      try check("https://127.0.0.1:\(old.port)", "{tls: {verify: no}}", "ok")
      try check(
        "https://127.0.0.1:\(old.port)", "{tls: {verify: no}, http: 2}", "status",
        "it answers with HTTP/1, and not with HTTP/2")
      let plain = try Nginx(listen: "http2")
      try check("http://127.0.0.1:\(plain.port)", "{http: 2}", "ok")
    }

    @Test func asksNameServers() throws {
      let scratch = try Scratch()
      let dnsmasq = try Service.names(scratch)
      try withExtendedLifetime(dnsmasq) {
        for scheme in ["dns", "dns+tcp"] {
          let server = "\(scheme)://127.0.0.1:\(dnsmasq.port)"
          let (web, _) = try probe("\(server)/web.test")
          #expect(web.ok && web.answers == ["127.0.0.7"] && web.status == 0)
          try check("\(server)/web.test", "{expect: {answer: 127.0.0.7}}", "ok")
          try check(
            "\(server)/web.test", "{expect: {answer: 127.0.0.8}}", "status", "not 127.0.0.8")
          try check("\(server)/bücher.test", "{expect: {answer: 127.0.0.8}}", "ok")
          try check("\(server)/mx.test?type=MX", "{expect: {answer: 10 mail.test}}", "ok")
          try check("\(server)/txt.test?type=TXT", "{expect: {body: hello}}", "ok")
          try check(
            "\(server)/txt.test?type=TXT", "{expect: {body: bye}}", "status", "does not match bye")
          try check("\(server)/none.test", "{}", "status", "DNS says NXDOMAIN")
          try check("\(server)/none.test", "{expect: {rcode: NXDOMAIN}}", "ok")
          try check("\(server)/other.example", "{}", "status", "DNS says REFUSED")
        }
      }
      let nobody = try freePort()
      try check("dns://127.0.0.1:\(nobody)/x.test", "{}", "refused", "Connection refused")
      try check("dns+tcp://127.0.0.1:\(nobody)/x.test", "{}", "refused", "Connection refused")
      let silent = try Datagrams()
      try withExtendedLifetime(silent) {
        try check(
          "dns://127.0.0.1:\(silent.port)/x.test", "{timeout: 100ms}", "timeout",
          "no answer within 100ms")
      }
    }

    @Test func speaksOtherProtocols() throws {
      let scratch = try Scratch()
      let mosquitto = try Service.broker(scratch)
      let broker = mosquitto.port
      try withExtendedLifetime(mosquitto) {
        try check("mqtt://127.0.0.1:\(broker)/%24SYS/broker/version", "{}", "ok")
        try check(
          "mqtt://127.0.0.1:\(broker)/%24SYS/broker/version", "{expect: {body: '^mosquitto'}}", "ok"
        )
        try check("mqtt://127.0.0.1:\(broker)/outage", "{body: hello}", "ok")
        try check("mqtt://127.0.0.1:\(broker)/silent", "{timeout: 200ms}", "timeout")
      }
      let vsftpd = try Service.files(scratch)
      let files = vsftpd.port
      try withExtendedLifetime(vsftpd) {
        try check("ftp://127.0.0.1:\(files)/", "{}", "ok")
        try check("ftp://127.0.0.1:\(files)/", "{auth: {user: nobody-here, password: x}}", "status")
      }
      let smtp = try Scripted("220 here", ["EHLO": "250 here", "QUIT": "221 bye"])
      try check("smtp://127.0.0.1:\(smtp.port)", "{}", "ok")
      // One that does not take leave keeps nobody waiting.
      let mute = try Scripted(
        "220 here", ["USER": "230 in", "PWD": "257 \"/\"", "SYST": "215 UNIX", "QUIT": ""])
      let (quick, _) = try probe("ftp://127.0.0.1:\(mute.port)/")
      #expect(quick.ok)
      let full = try Scripted("421 too busy", [:])
      try check(
        "smtp://127.0.0.1:\(full.port)", "{}", "status", "Got unexpected smtp-server response: 421")
      let imap = try Scripted(
        "* OK here",
        [
          "CAPABILITY": "* CAPABILITY IMAP4rev1\r\nTAG OK", "LOGIN": "TAG NO who are you",
          "LOGOUT": "* BYE\r\nTAG OK",
        ])
      try check("imap://127.0.0.1:\(imap.port)", "{}", "ok")
      try check("imap://127.0.0.1:\(imap.port)", "{auth: {user: me, password: x}}", "status")
      let pop = try Scripted("+OK here", ["CAPA": "+OK\r\n.", "QUIT": "+OK"])
      try check("pop3://127.0.0.1:\(pop.port)", "{}", "ok")
    }

    @Test func tellsPeopleAllThereIs() throws {
      let nginx = try Nginx()
      let url = "http://localhost:\(nginx.port)/"
      let result = try Program.run(["probe", url, "--family", "ipv4", "--trace"])
      #expect(result.status == 0)
      for part in [
        "\(url)  ok", "address     127.0.0.1", "resolve", "connect", "first byte", "transfer",
        "status      200", "body        4 bytes",
      ] { #expect(result.output.contains(part), "\(result.output)") }
      for part in ["> GET / HTTP/1.1", "> Host: localhost", "< HTTP/1.1 200 OK"] {
        #expect(result.errors.contains(part), "\(result.errors)")
      }
      let echo = try Program.run(["probe", "icmp://127.0.0.1", "--trace"])
      let isAllowed = echo.status != 69
      #expect(!isAllowed || echo.errors == "> echo request to 127.0.0.1\n< answered\n", "\(echo)")
      let failed = try Program.run(["probe", "tcp://127.0.0.1:\(try freePort())"])
      #expect(failed.status == 1)
      #expect(
        failed.output.contains("  refused\n  failed in   connect\n  because     Failed to connect"))
    }

    @Test func showsNoSecrets() throws {
      let nginx = try Nginx()
      let url = "http://127.0.0.1:\(nginx.port)/"
      let with = "{auth: {user: me, password: '${SECRET}'}, headers: {X-Token: '${SECRET}'}}"
      let result = try Program.run(
        ["probe", url, "--with", with, "--trace"], environment: ["SECRET": "s3cret"])
      #expect(result.status == 0)
      #expect(
        result.errors.contains("> Authorization: …") && result.errors.contains("> X-Token: …"))
      // Neither as it is, nor as HTTP packs it.
      for secret in ["s3cret", "bWU6czNjcmV0"] {
        #expect(!(result.output + result.errors).contains(secret))
      }
    }

    /// Nor where HTTP/2 repeats them, nor in what the plan sets under names of its own, nor in a URL.
    @Test func showsNoSecretsOfHTTP2() throws {
      let scratch = try Scratch()
      let made = try Certificate.make(in: scratch.path)
      let nginx = try Nginx(tls: made[.good])
      let with =
        "{tls: {verify: no}, auth: {bearer: s3cret}, headers: {X-Odd: s3cret, X-Auth: s3cret}}"
      let result = try Program.run(
        ["probe", "https://127.0.0.1:\(nginx.port)/?key=s3cret", "--with", with, "--trace"])
      #expect(result.status == 0 && result.errors.contains("> GET /?… HTTP/2"), "\(result)")
      #expect(!result.errors.contains("s3cret"), "\(result.errors)")
      let mail = try Scripted("+OK here", ["CAPA": "-ERR", "USER": "+OK", "PASS": "-ERR no"])
      // Nor where a server says them again, nor a redirect.
      let echo = try Scripted("220 here", ["USER": "331 go on", "PASS": "530 not s3cret"])
      let parrot = try Program.run(
        [
          "probe", "ftp://127.0.0.1:\(echo.port)/", "--with",
          "{auth: {user: me, password: s3cret}}",
          "--trace",
        ])
      #expect(parrot.status == 1 && parrot.errors.contains("530 not …"), "\(parrot)")
      #expect(!(parrot.errors + parrot.output).contains("s3cret"), "\(parrot)")
      let moved = try Nginx("location / { return 302 http://me:s3cret@127.0.0.1:1/?key=s3cret; }")
      let followed = try Program.run(
        [
          "probe", "http://me:s3cret@127.0.0.1:\(moved.port)/", "--with", "{redirects: 1}",
          "--trace",
        ])
      #expect(followed.status == 1 && followed.errors.contains("Issue another request"))
      #expect(!(followed.errors + followed.output).contains("s3cret"), "\(followed)")
      let login = try Program.run(["probe", "pop3://me:s3cret@127.0.0.1:\(mail.port)", "--trace"])
      #expect(login.status == 1 && !login.errors.contains("s3cret"), "\(login.errors)")
    }

    @Test func asksTheTargetsOfAPlan() throws {
      let nginx = try Nginx()
      let scratch = try Scratch()
      let plan = try scratch.write(
        """
        targets:
          web: {url: 'http://localhost:\(nginx.port)/', family: both, expect: {body: here}}
          other: tcp://127.0.0.1:1
        """, "plan.yaml")
      let web = try Program.run(["probe", "web", "--plan", plan, "--format", "json"])
      let lines = try web.output.split(separator: "\n").map {
        try JSONDecoder().decode(Line.self, from: Data($0.utf8))
      }
      // nginx listens on one family only: half up is not up.
      #expect(lines.map(\.target) == ["web/ipv4", "web/ipv6"])
      #expect(lines.map(\.ok) == [true, false] && web.status == 1)
      #expect(lines.map(\.address) == ["127.0.0.1", "::1"])
      let unknown = try Program.run(["probe", "wbe", "--plan", plan])
      #expect(unknown.status == 2 && unknown.errors.contains("the plan has no target 'wbe'"))
    }

    @Test(
      arguments: [
        (["x"], "'x' has no scheme; write it out, like https://x or tcp://x:443"),
        (["http://h/", "--with", "{methd: GET}"], "unknown key 'methd'; did you mean 'method'?"),
        (["http://h/", "--with", "{"], "--with takes settings in braces"),
        (["http://h/", "--with", "{a: [}"], "not YAML"),
        (["http://h/", "--with", "{url: 'http://i/'}"], "a key stands here twice: url"),
        (
          ["http://h/", "--with", "{timeout: 1s}", "--timeout", "2s"], "stands here twice: timeout"
        ),
        ([""], "here must be a URL, like https://example.org/"),
        (["127.0.0.1:80"], "like https://127.0.0.1:80 or tcp://127.0.0.1:80\n"),
        (
          ["https://h/", "--with", "{tls: {ca: /dev/null}}"],
          "there is no certificate in /dev/null (no certificate or crl found); it must be PEM"
        ),
        (["http://h/", "--timeout", "1h"], "'1h' is not a duration from 10ms to 9s"),
        (["http://h/", "--family", "6"], "'6' is not ipv4, ipv6, both or any"),
        (["gopherr://h/"], "did you mean 'gopher'?"),
        (["x", "--plan", "/none"], "cannot read /none"),
        (["x", "--plan", "/none", "--timeout", "1s"], "leave the other options out"),
      ])
    func saysWhatIsWrong(_ arguments: [String], _ message: String) throws {
      let result = try Program.run(["probe"] + arguments)
      #expect(result.status > 1 && result.errors.contains(message), "\(result)")
    }
  }
}

/// A port for datagrams that nobody reads.
private final class Datagrams {
  let port: UInt16
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    port = try bound(descriptor)
  }

  deinit { close(descriptor) }
}
