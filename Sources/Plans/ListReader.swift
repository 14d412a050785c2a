import CSVText
import Outages

/// Reads lists: many targets from a file or a block of addresses, all asked alike.
///
///     lists:
///       - {file: hosts.txt, url: 'icmp://{host}', every: 1m, group: fleet}
///       - {file: sites.csv, name: '{site}', url: 'https://{host}/health', group: '{country}'}
///       - {cidr: 175.45.176.0/22, sample: 16, url: 'icmp://{host}', name: 'kp-{host}'}
struct ListReader {
  private let targets: TargetReader

  init(_ targets: TargetReader) { self.targets = targets }

  /// More targets than this from one block are a mistake, or a sample.
  private static let mostAddresses = 65_536

  private struct Row {
    var variables: [String: String]
    /// Where it stands, when that is another file.
    var origin: (path: String, line: Int)?
  }

  func add(_ place: Place, to draft: inout Draft) {
    // What has no variables is read once for all.
    let fields = targets.fields(place, ["file", "cidr", "sample", "name", "group"])
      .mapValues { $0.with([:]) }
    guard let rows = rows(place, fields), let common = targets.settings(fields) else { return }
    guard let url = fields["url"] else {
      place.complain("there is no url; add one, like url: 'icmp://{host}'")
      return
    }
    var checked: Set<String> = []
    let contradictable = fields.filter { SettingsReader.contradictable.contains($0.key) }
    for row in rows {
      func applied(_ place: Place) -> Place {
        let place = place.with(row.variables)
        return row.origin.map { place.applied(to: $0.path, line: $0.line) } ?? place
      }
      guard let url = targets.url(applied(url)) else { continue }
      let name =
        fields["name"].map { applied($0).text("the targets' names, like '{host}'") }
        ?? row.variables["host"]
      guard let name else { continue }
      var asked = common
      asked.probe.url = url
      let scheme = asked.probe.scheme
      if checked.insert(scheme).inserted { SettingsReader.check(fields, for: scheme) }
      SettingsReader.check(contradictable.mapValues(applied), asked.probe, at: applied(place))
      draft.add(asked, named: name, at: applied(place))
      if let group = fields["group"].flatMap({ applied($0).text("a group's name") }) {
        draft.join(group: group, asked: name, at: applied(place))
      }
    }
    if rows.isEmpty { place.complain("there are no targets in this list") }
  }

  private func rows(_ place: Place, _ fields: [String: Place]) -> [Row]? {
    switch (fields["file"], fields["cidr"]) {
    case (let file?, nil):
      fields["sample"]?.complain("only a cidr can be sampled; remove this")
      guard let name = file.text("a file"), let (path, text) = file.text(ofFile: name) else {
        return nil
      }
      return path.hasSuffix(".csv") ? table(text, path, file) : lines(text, path, file)
    case (nil, let cidr?): return block(cidr, fields["sample"])
    default:
      place.complain("a list needs either 'file' or 'cidr', and a 'url' with {host} in it")
      return nil
    }
  }

  /// The lines of a file, whatever they end with and whatever mark it begins with.
  private static func lines(of text: String) -> [Substring] {
    text.drop { $0 == "\u{feff}" }
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// One host a line; what follows a '#' is a remark.
  private func lines(_ text: String, _ path: String, _ place: Place) -> [Row] {
    ListReader.lines(of: text).enumerated().compactMap { index, line in
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard let host = words.first else { return nil }
      if words.count > 1 {
        place.applied(to: path, line: index + 1)
          .complain("'\(line)' is more than one host; write one a line, or a .csv with columns")
        return nil
      }
      return Row(variables: ListReader.variables(String(host)), origin: (path, index + 1))
    }
  }

  /// A URL has addresses of IPv6 in brackets.
  private static func variables(_ address: String) -> [String: String] {
    let isSix = address.contains(":") && ProbeURL.isAddress(address)
    return ["address": address, "host": isSix ? "[\(address)]" : address]
  }

  /// CSV whose first line names the variables.
  private func table(_ text: String, _ path: String, _ place: Place) -> [Row] {
    let lines = ListReader.lines(of: text)
    guard let header = lines.first, let names = CSVRecord.fields(of: header.utf8) else { return [] }
    return lines.enumerated().dropFirst().compactMap { index, line in
      if line.allSatisfy(\.isWhitespace) { return nil }
      let here = place.applied(to: path, line: index + 1)
      guard let values = CSVRecord.fields(of: line.utf8) else {
        here.complain("a quote is not closed")
        return nil
      }
      if values.count != names.count {
        here.complain("here are \(values.count) fields, and the first line names \(names.count)")
        return nil
      }
      let variables = Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
      return Row(variables: variables, origin: (path, index + 1))
    }
  }

  private func block(_ place: Place, _ sample: Place?) -> [Row]? {
    guard let text = place.text("a block of addresses, like 192.0.2.0/24") else { return nil }
    guard let block = AddressBlock(text) else {
      place.complain("'\(text)' is no block of addresses, like 192.0.2.0/24 or 2001:db8::/120")
      return nil
    }
    var most = ListReader.mostAddresses
    if let sample {
      guard let number = sample.wholeNumber(1...most) else { return nil }
      most = number
    } else if block.count > Double(most) {
      place.complain("'\(text)' has more than \(most) addresses; add sample: 16, or fewer bits")
      return nil
    }
    return block.sample(most).map { address in
      Row(variables: ListReader.variables(address).merging(["block": text]) { $1 })
    }
  }
}
