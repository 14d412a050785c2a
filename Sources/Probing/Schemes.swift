import CCurl

extension LiveNetwork {
  /// The schemes that URLs may have here. Some are left out: libcurl waits for them within a call,
  /// and all other probes would wait with it.
  public static let schemes: Set<String> = {
    var schemes: Set<String> = ["tcp", "tls", "icmp", "dns", "dns+tcp"]
    var next = curl_version_info(CURLVERSION_FIRST)?.pointee.protocols
    while let name = next?.pointee {
      schemes.insert(String(cString: name))
      next = next?.successor()
    }
    return schemes.subtracting([
      "file", "rtmp", "rtmpe", "rtmps", "rtmpt", "rtmpte", "rtmpts", "scp", "sftp", "telnet",
    ])
  }()
}
