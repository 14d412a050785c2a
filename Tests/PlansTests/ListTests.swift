import Outages
import Testing

@testable import Plans

@Suite struct ManyTargetsTests {
  private func urls(_ hosts: String) throws -> [String] {
    try plan("lists: [{file: h.txt, url: 'icmp://{host}'}]", files: ["h.txt": hosts]).probes.map(
      \.url)
  }

  @Test func listsComeFromFiles() throws {
    let plan = try plan(
      """
      every: 1m
      lists:
        - {file: hosts.txt, url: 'icmp://{host}', group: fleet}
        - {file: sites.csv, name: '{site}', url: 'https://{host}/up', group: 'in-{country}'}
      groups: {fleet: {title: The Fleet}}
      """,
      files: [
        "hosts.txt": "192.0.2.1\n# a remark\n\n192.0.2.2  # another\n",
        // As a spreadsheet writes it.
        "sites.csv": "\u{feff}site,host,country\r\nshop,shop.test,de\r\n\"a, b\",b.test,de\r\n",
      ])
    #expect(plan.session.targets.map(\.name) == ["192.0.2.1", "192.0.2.2", "shop", "a, b"])
    let six = try self.urls("2001:db8::1")
    #expect(six == ["icmp://[2001:db8::1]"])
    #expect(
      plan.probes.map(\.url) == [
        "icmp://192.0.2.1", "icmp://192.0.2.2", "https://shop.test/up", "https://b.test/up",
      ])
    #expect(
      plan.session.groups == [
        Group(name: "fleet", title: "The Fleet", members: ["192.0.2.1", "192.0.2.2"]),
        Group(name: "in-de", members: ["shop", "a, b"]),
      ])
  }

  @Test(
    arguments: [
      ("192.0.2.0/30", 100, ["192.0.2.1", "192.0.2.2"]),
      ("192.0.2.9/31", 100, ["192.0.2.8", "192.0.2.9"]),
      ("192.0.2.7/32", 100, ["192.0.2.7"]),
      ("2001:db8::/126", 100, ["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"]),
    ])
  func blocksHaveTheirHosts(_ text: String, _ most: Int, _ hosts: [String]) throws {
    #expect(try #require(AddressBlock(text)).sample(most) == hosts)
  }

  @Test func samplesStayTheSameAndInTheBlock() throws {
    let block = try #require(AddressBlock("10.0.0.0/8"))
    let sample = block.sample(50)
    #expect(Set(sample).count == 50 && sample.allSatisfy { $0.hasPrefix("10.") })
    #expect(sample == block.sample(50))
    #expect(!sample.contains("10.0.0.0") && !sample.contains("10.255.255.255"))
    #expect(
      try #require(AddressBlock("2001:db8::/32")).sample(5).allSatisfy { $0.hasPrefix("2001:db8:") }
    )
    let plan = try plan(
      "lists: [{cidr: '2001:db8::/64', sample: 2, url: 'tcp://{host}:80', name: 'x-{address}'}]")
    #expect(plan.probes.allSatisfy { $0.url.hasPrefix("tcp://[2001:db8::") })
  }

  @Test(arguments: ["192.0.2.0", "192.0.2.0/33", "x/8", "192.0.2/24", "::/129", "192.0.2.0/-1"])
  func saysWhatIsNoBlock(_ text: String) { #expect(AddressBlock(text) == nil) }

  @Test(
    arguments: [
      (
        "- {file: none.txt, url: 'icmp://{host}'}",
        "plan.yaml:2:12: cannot read none.txt: not there"
      ),
      ("- {file: hosts.txt}", "there is no url; add one, like url: 'icmp://{host}'"),
      (
        "- {file: hosts.txt, url: 'icpm://{host}'}",
        "hosts.txt:1:1: this machine's libcurl does not speak"
      ),
      (
        "- {file: hosts.txt, url: 'icmp://{hots}'}",
        "hosts.txt:1:1: there is no variable 'hots' here; there are address, host"
      ),
      ("- {file: twice.txt, url: 'icmp://{host}'}", "twice.txt:2:1: 'b' is a target already"),
      (
        "- {file: bad.csv, url: 'icmp://{host}'}",
        "bad.csv:3:1: here are 1 fields, and the first line names 2"
      ),
      (
        "- {file: hosts.txt, url: 'http://{host}/', expect: {body: '{host}'}}",
        "plan.yaml:2:61: there is no variable 'host' here; there are none"
      ),
      (
        "- {file: bad.csv, url: 'icmp://{host}', name: '{x}'}",
        "bad.csv:2:1: here must be the targets' names"
      ),
      (
        "- {file: hosts.txt, url: 'icmp://{host}', group: a}",
        "hosts.txt:1:1: 'a' is a target already"
      ),
      ("- {file: two.txt, url: 'icmp://{host}'}", "two.txt:1:1: 'a b' is more than one host"),
      ("- {file: empty.txt, url: 'icmp://{host}'}", "there are no targets in this list"),
      (
        "- {cidr: 10.0.0.0/8, url: 'icmp://{host}'}",
        "has more than 65536 addresses; add sample: 16"
      ),
      ("- {cidr: 10.0.0.0, url: 'icmp://{host}'}", "'10.0.0.0' is no block of addresses"),
      ("- {url: 'icmp://h'}", "a list needs either 'file' or 'cidr'"),
      ("- {file: hosts.txt, sample: 3, url: 'icmp://{host}'}", "only a cidr can be sampled"),
    ])
  func namesEachProblem(_ list: String, _ problem: String) {
    _ = check(
      "lists:\n  \(list)",
      files: [
        "hosts.txt": "a", "twice.txt": "b\nb", "bad.csv": "host,x\na,\nb", "empty.txt": "#",
        "two.txt": "a b",
      ], says: problem)
  }

  @Test func bothFamiliesAreTwoTargetsAndAGroup() throws {
    let plan = try plan(
      """
      targets:
        web: {url: 'https://h/', family: both}
        down: {url: 'https://i/', behind: web}
      groups: {all: {members: [web, down]}}
      """)
    #expect(plan.session.targets.map(\.name) == ["web/ipv4", "web/ipv6", "down"])
    #expect(plan.probes.map(\.settings.family) == [.ipv4, .ipv6, nil])
    #expect(
      plan.session.groups == [
        Group(name: "web", members: ["web/ipv4", "web/ipv6"]),
        Group(name: "all", members: ["web/ipv4", "web/ipv6", "down"]),
      ])
    #expect(plan.session.targets[2].behind == "web")
    // An address has one family, whatever the plan says of all.
    #expect(try self.both("family: both\ntargets: {a: 'tcp://192.0.2.1:1', b: 'tcp://h:1'}"))
  }

  private func both(_ text: String) throws -> Bool {
    try plan(text).session.targets.map(\.name) == ["a", "b/ipv4", "b/ipv6"]
  }

  @Test func sentinelsMayStandInAnyFile() throws {
    let plan = try plan(
      "targets: {a: 'tcp://h:1'}", others: ["sentinels: {s: 'tcp://s:1', t: 'tcp://t:1'}"])
    #expect(plan.session.targets.map(\.isSentinel) == [false, true, true])
    _ = check(
      "targets: {a: 'tcp://h:1'}\nsentinels: {s: {url: 'tcp://s:1', family: both}}",
      says: "one sentinel proves nothing")
  }

  @Test func filesMakeOnePlan() throws {
    let plan = try plan(
      "vantage: here\nevery: 10s\ntargets: {a: 'tcp://h:1'}\ngroups: {g: {members: [a, b]}}",
      others: [
        "every: 1m\nvantage: here\ntargets: {b: {url: 'tcp://h:2', behind: a}}\nlimits: {in-flight: 7}"
      ])
    #expect(plan.session.vantage == "here")
    #expect(plan.session.targets.map(\.every) == [.seconds(10), .minutes(1)])
    #expect(plan.session.targets[1].behind == "a")
    #expect(plan.session.groups == [Group(name: "g", members: ["a", "b"])])
    #expect(plan.limits.inFlight == 7)
  }

  @Test(
    arguments: [
      (
        "vantage: there\ntargets: {b: 'tcp://h:1'}",
        "other1.yaml:1:10: plan.yaml:1 has another 'vantage'; leave one"
      ),
      ("targets: {a: 'tcp://h:1'}", "other1.yaml:1:11: 'a' is a target already"),
      ("targets: {b: 'tcp//h'}", "other1.yaml:1:14: 'tcp//h' has no scheme"),
      ("targets: [", "other1.yaml:2:1: not YAML"),
      ("groups: {g: {members: [a]}}", "other1.yaml:1:10: 'g' is a group already"),
    ])
  func saysWhereFilesDisagree(_ other: String, _ problem: String) {
    _ = check(
      "vantage: here\ntargets: {a: 'tcp://h:1'}\ngroups: {g: {members: [a]}}", others: [other],
      says: problem)
  }
}
