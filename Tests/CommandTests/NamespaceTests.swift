import Foundation
import Glibc
import Testing

extension CommandTests {
  /// Each way in which a network fails has its right word.
  @Suite(.enabled(if: TwoHosts.obstacle == nil, "skipped: \(TwoHosts.obstacle ?? "")"))
  struct Namespaces {
    private func probe(_ url: String, _ more: [String] = [], in hosts: TwoHosts) throws
      -> Probing.Line
    {
      let result = try Program.run(
        ["probe", url, "--format", "json"] + (more.isEmpty ? ["--timeout", "400ms"] : more),
        wrapper: hosts.wrapper)
      return try JSONDecoder().decode(Probing.Line.self, from: Data(result.output.utf8))
    }

    @Test func eachFailureHasItsWord() throws {
      let hosts = try TwoHosts()
      let scratch = try Scratch()
      try scratch.write(
        """
        daemon off; master_process off; pid \(scratch.path)/pid; error_log stderr crit; events {}
        http {
          access_log off;
          client_body_temp_path \(scratch.path)/1; proxy_temp_path \(scratch.path)/2;
          fastcgi_temp_path \(scratch.path)/3; uwsgi_temp_path \(scratch.path)/4;
          scgi_temp_path \(scratch.path)/5;
          server { listen 80; listen 1011; listen [::]:80; location / { return 200 "here"; }
            location /moved { return 302 http://web.test/; } }
        }
        """, "nginx.conf")
      let nginx = try hosts.serve(
        ["/usr/sbin/nginx", "-p", scratch.path, "-c", scratch.path + "/nginx.conf", "-e", "stderr"])
      let (four, six) = ("10.77.0.2", "[fd77::2]")
      while nginx.isRunning, try !probe("tcp://\(four):80", in: hosts).ok {}

      let ways = [
        ("drop", "timeout"), ("reject with tcp reset", "refused"),
        ("reject with icmpx type port-unreachable", "refused"),
        ("reject with icmpx type host-unreachable", "unreachable"),
        ("reject with icmpx type no-route", "unreachable"),
        ("reject with icmpx type admin-prohibited", "unreachable"),
        ("ip protocol tcp reject with icmp type net-unreachable", "unreachable"),
        ("ip protocol tcp reject with icmp type prot-unreachable", "unreachable"),
        ("ip protocol tcp reject with icmp type net-prohibited", "unreachable"),
        ("ip protocol tcp reject with icmp type host-prohibited", "unreachable"),
      ]
      for (rule, word) in ways {
        try hosts.filter("tcp dport 80 \(rule)")
        for address in rule.contains("ip protocol") ? [four] : [four, six] {
          // An error that comes while the kernel is still within connect is lost; the one that its
          // second try meets, after a second, is not.
          let patience = word == "timeout" ? "400ms" : "3s"
          let line = try probe("http://\(address)/", ["--timeout", patience], in: hosts)
          #expect(line.error == word && line.died == "connect", "\(rule) \(address): \(line)")
          #expect(line.local == nil)
        }
      }
      // Cut when the request comes, and lost when the answer goes.
      try hosts.filter("tcp dport 1011 tcp flags & psh == psh reject with tcp reset")
      let cut = try probe("http://\(four):1011/", in: hosts)
      #expect(cut.error == "reset" && cut.died == "first", "\(cut)")
      try hosts.filter("tcp dport 1011 tcp flags & psh == psh drop")
      let lost = try probe("http://\(four):1011/", in: hosts)
      #expect(lost.error == "timeout" && lost.died == "first", "\(lost)")
      try hosts.filter("")
      #expect(try probe("http://\(four)/", in: hosts).ok)
      #expect(try probe("http://\(six)/", in: hosts).ok)
      #expect(try probe("http://\(four)/", ["--source", "near"], in: hosts).ok)
      #expect(try probe("http://\(four)/", ["--source", "10.77.0.1"], in: hosts).ok)
      // A redirect leads to a name, and our resolver answers nobody.
      let moved = try probe(
        "http://\(four)/moved", ["--with", "{redirects: 1, timeout: 5s}"], in: hosts)
      #expect(moved.error == "resolve" && moved.local == "resolver", "\(moved)")
      nginx.signal(SIGTERM)
      _ = nginx.wait()
    }

    /// What our own host cannot reach is our trouble: it says so, whatever is asked.
    @Test func noRouteIsOurs() throws {
      let hosts = try TwoHosts()
      for url in [
        "tcp://192.0.2.1:80", "http://192.0.2.1/", "http://[2001:db8::1]/", "icmp://192.0.2.1",
        "icmp://[2001:db8::1]", "dns://192.0.2.1/x.test", "icmp://[fe80::1%25nonesuch]",
      ] {
        let line = try probe(url, in: hosts)
        #expect(line.error == "unreachable" && line.local == "no-route", "\(url): \(line)")
      }
      for source in ["10.88.0.1", "nonesuch"] {
        let line = try probe("http://10.77.0.2/", ["--source", source], in: hosts)
        #expect(line.local == "no-route" || line.local == "ports", "\(source): \(line)")
      }
      // Nor what a filter of our own keeps back.
      try hosts.filterOurs("meta l4proto { icmp, ipv6-icmp, udp } drop")
      for url in ["icmp://10.77.0.2", "dns://10.77.0.2/x.test"] {
        let line = try probe(url, in: hosts)
        #expect(line.local == "no-route", "\(url): \(line)")
      }
      try hosts.filterOurs("")
      // A neighbour who is not there is his own trouble.
      let absent = try probe("tcp://10.77.0.99:80", ["--timeout", "9s"], in: hosts)
      #expect(absent.error == "unreachable" && absent.local == nil)
    }

    @Test func echoesOfBothKinds() throws {
      let hosts = try TwoHosts()
      for range in ["1 0", "0 2147483647"] {
        // Raw sockets, and then those that need no privilege.
        try hosts.configure("net.ipv4.ping_group_range='\(range)'")
        try hosts.filter(
          """
          ip daddr 10.77.0.3 icmp type echo-request drop
          """)
        for url in ["icmp://10.77.0.2", "icmp://[fd77::2]"] {
          let line = try probe(url, in: hosts)
          #expect(line.ok && line.ms ?? 0 > 0, "\(range) \(url): \(line)")
        }
        #expect(try probe("icmp://10.77.0.2", ["--source", "10.77.0.1"], in: hosts).ok)
        #expect(try probe("icmp://10.77.0.2", ["--source", "near"], in: hosts).ok)
        let lost = try probe("icmp://10.77.0.3", in: hosts)
        #expect(lost.error == "timeout", "\(lost)")
        for (reason, text) in [
          ("icmp type host-unreachable", "No route to host"),
          ("icmp type net-unreachable", "Network is unreachable"),
          ("icmp type admin-prohibited", "No route to host"),
        ] {
          try hosts.filter("icmp type echo-request reject with \(reason)")
          let line = try probe("icmp://10.77.0.2", in: hosts)
          #expect(line.error == "unreachable" && line.local == nil, "\(range) \(reason): \(line)")
          #expect(line.detail == "\(text), says 10.77.0.2")
        }
        try hosts.filter("icmpv6 type echo-request reject with icmpv6 type admin-prohibited")
        let six = try probe("icmp://[fd77::2]", in: hosts)
        #expect(
          six.error == "unreachable" && six.detail?.hasSuffix("says fd77::2") ?? false, "\(six)")
      }
    }

    /// What one target meets is not told of another, though they share a socket.
    @Test func errorsStayWithTheirTargets() throws {
      let hosts = try TwoHosts()
      try hosts.filter(
        "ip daddr 10.77.0.3 icmp type echo-request reject with icmp type host-unreachable")
      let scratch = try Scratch()
      let targets = (0..<20).map { "  dead\($0): icmp://10.77.0.3\n  well\($0): icmp://10.77.0.2" }
      let plan = try scratch.write(
        "every: 100ms\ntimeout: 80ms\ntargets:\n" + targets.joined(separator: "\n"), "plan.yaml")
      let result = try Program.run(
        ["watch", plan, "--data", scratch.path, "--for", "2s", "--format", "json"],
        wrapper: hosts.wrapper)
      #expect(result.status == 0)
      let log = try String(contentsOfFile: scratch.path + "/probes.ndjson", encoding: .utf8)
      let wrong = log.split(separator: "\n").filter {
        $0.contains(#""target":"well"#) && $0.contains(#""error":"unreachable""#)
          || $0.contains(#""target":"dead"#) && $0.contains(#""ok":true"#)
      }
      #expect(wrong == [])
      for part in [#""target":"well"#, #""target":"dead"#] {
        #expect(log.split(separator: "\n").count { $0.contains(part) } > 20)
      }
    }

    @Test func echoNeedsARight() throws {
      let hosts = try TwoHosts()
      try hosts.configure("net.ipv4.ping_group_range='1 0'")
      // The tests' folder may be closed to others, so the program is read where they can.
      let scratch = try Scratch()
      chmod(scratch.path, 0o755)
      let copy = scratch.path + "/outage"
      try FileManager.default.copyItem(atPath: Program.path, toPath: copy)
      chmod(copy, 0o755)
      let child = try Child(
        hosts.wrapper + [
          "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all",
          copy, "probe", "icmp://10.77.0.2",
        ], errors: scratch.path + "/said")
      #expect(child.wait() == 69)
      let said = try String(contentsOfFile: scratch.path + "/said", encoding: .utf8)
      #expect(said.contains("ICMP echo is not allowed here (Operation not permitted)"), "\(said)")
      #expect(said.contains("setcap cap_net_raw+ep") && said.contains("ping_group_range"))
    }

    /// Three packets in ten are lost: so many probes are, but for chance.
    @Test func lossIsCounted() throws {
      let hosts = try TwoHosts()
      let scratch = try Scratch()
      try hosts.filter("icmp type echo-request numgen random mod 100 < 30 drop")
      let targets = (0..<20).map { "  t\($0): icmp://10.77.0.2" }.joined(separator: "\n")
      let plan = try scratch.write(
        "every: 100ms\ntimeout: 50ms\ntargets:\n\(targets)\n", "plan.yaml")
      let result = try Program.run(
        ["watch", plan, "--data", scratch.path, "--for", "3s", "--format", "json"],
        wrapper: hosts.wrapper)
      #expect(result.status == 0, "\(result.errors)")
      let log = try String(contentsOfFile: scratch.path + "/probes.ndjson", encoding: .utf8)
      let lines = log.split(separator: "\n").dropFirst()
      let lost = lines.count { $0.contains(#""error":"timeout""#) }
      #expect(lines.allSatisfy { $0.contains(#""ok":true"#) || $0.contains(#""error":"timeout""#) })
      // Six standard deviations to both sides, of probes some of which are asked out of turn.
      let share = Double(lost) / Double(max(lines.count, 1))
      #expect(lines.count > 400 && share > 0.16 && share < 0.44, "\(lost) of \(lines.count)")
    }

    /// A resolver that answers nobody is our trouble, and one event; one that answers others is not.
    @Test func tellsADeadResolverFromADeadName() throws {
      let hosts = try TwoHosts()
      let scratch = try Scratch()
      let silent = "udp dport 53 drop; tcp dport 53 drop"
      try hosts.filter(silent)
      let dead = try probe("http://web.test/", in: hosts)
      #expect(dead.error == "resolve" && dead.local == "resolver", "\(dead)")
      let proxied = ["--with", "{proxy: 'http://web.test:80'}", "--timeout", "400ms"]
      #expect(try probe("http://far.invalid/", proxied, in: hosts).local == "resolver")
      try hosts.filter("")
      let refused = try probe("http://web.test/", in: hosts)
      #expect(refused.error == "resolve" && refused.local == "resolver", "\(refused)")

      let configuration = try scratch.write(
        """
        listen-address=10.77.0.2
        bind-interfaces
        no-resolv
        no-hosts
        user=root
        pid-file=
        address=/web.test/10.77.0.2
        local=/test/
        server=/slow.example/10.77.0.98
        address=/#/10.77.0.2
        """, "dnsmasq.conf")
      let dnsmasq = try hosts.serve(["dnsmasq", "-k", "-C", configuration])
      while dnsmasq.isRunning, try probe("icmp://web.test", in: hosts).local != nil {}
      let viaProxy = try probe("http://far.invalid/", proxied, in: hosts)
      #expect(viaProxy.error == "refused" && viaProxy.address == "10.77.0.2", "\(viaProxy)")
      let none = try probe("http://none.test/", in: hosts)
      #expect(none.error == "resolve" && none.local == nil, "\(none)")
      #expect(none.died == "resolve" && none.detail == "none.test: Domain name not found")
      // Nobody answers for this name, while the resolver answers for others.
      let names = try scratch.write(
        "timeout: 2s\ntargets: {slow: 'icmp://slow.example', web: 'icmp://web.test'}", "names.yaml")
      let once = try Program.run(
        ["watch", names, "--once", "--data", scratch.path + "/names", "--format", "json"],
        wrapper: hosts.wrapper)
      #expect(once.output.contains(#""target":"slow","ok":false,"error":"resolve","died""#))
      #expect(once.output.contains(#""target":"web","ok":true"#))

      // Watched while the resolver dies and comes back: twenty targets, one event.
      let targets = (0..<20).map { "  t\($0): icmp://host\($0).example" }.joined(separator: "\n")
      let plan = try scratch.write(
        "every: 1s\ntimeout: 500ms\ntargets:\n\(targets)\n  by-address: icmp://10.77.0.2\n",
        "plan.yaml")
      let watch = try Running(
        ["watch", plan, "--data", scratch.path, "--format", "json"], wrapper: hosts.wrapper)
      let log = try Tail(scratch.path + "/probes.ndjson")
      #expect(log.line(containing: #""target":"t7","ok":true"#) != nil)
      let news = try Tail(watch.errors)
      try hosts.filter(silent)
      #expect(news.line(containing: "cannot probe: a dead resolver of ours") != nil)
      try hosts.filter("")
      #expect(news.line(containing: "probing again") != nil)
      // A host that moves to another network asks its resolver.
      try hosts.resolver("10.77.0.99")
      #expect(news.line(containing: "cannot probe: a dead resolver of ours") != nil)
      try hosts.resolver("10.77.0.2")
      #expect(news.line(containing: "probing again") != nil)
      watch.signal(SIGINT)
      let result = watch.end()
      let report = try Report(result.output)
      #expect(report.episodes.filter { $0.cause == "resolver" }.count == 2, "\(report.episodes)")
      #expect(report.targets.allSatisfy { $0.down_seconds == 0 && $0.outages == 0 })
      #expect(
        report.targets.last.map { $0.name == "by-address" && $0.unobserved_seconds < 1.5 } == true)
      dnsmasq.signal(SIGTERM)
      _ = dnsmasq.wait()
    }
  }
}
