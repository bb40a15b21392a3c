extension StoredWeights {
  /// The name that diffusers gives today to a tensor of an old file.
  static func presentUNetName(of name: String) -> String {
    guard name.contains(".attentions.") else { return name }
    var parts = name.split(separator: ".").map(String.init)
    let present = ["query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"]
    if let index = parts.indices.dropLast().last, let new = present[parts[index]] {
      parts[index] = new
    }
    return parts.joined(separator: ".")
  }
}
