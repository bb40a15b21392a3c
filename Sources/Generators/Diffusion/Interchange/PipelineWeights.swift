import Training

/// The tensors of a UNet in one or several files, under today's names.
struct PipelineWeights {
  private let files: [SafetensorsFile]
  private let places: [String: (file: SafetensorsFile, entry: SafetensorsEntry)]

  /// Opens those files, at least one.
  /// - Throws: `FileError` when one is damaged, or a tensor comes twice.
  init(_ paths: [String]) throws(FileError) {
    var files: [SafetensorsFile] = []
    var places: [String: (file: SafetensorsFile, entry: SafetensorsEntry)] = [:]
    for path in paths {
      let file = try SafetensorsFile(path)
      for entry in file.entries {
        let name = Self.presentName(of: entry.name)
        guard places.updateValue((file, entry), forKey: name) == nil else {
          throw FileError(.badData, path, "has a second tensor \"\(name)\"")
        }
      }
      files.append(file)
    }
    (self.files, self.places) = (files, places)
  }

  /// How many numbers there are.
  var parameterCount: Int { places.values.reduce(0) { $0 + $1.entry.count } }

  /// Reads the parameters of a model, once all are known to be there in the right shapes.
  /// - Throws: `FileError` that names the tensor which is missing, of another shape, or too many.
  func read(_ dictionary: StateDictionary) throws(FileError) {
    let path = files.first?.path ?? ""
    var found: [(place: (file: SafetensorsFile, entry: SafetensorsEntry), parameter: Int)] = []
    for (index, parameter) in dictionary.parameters.enumerated() {
      guard let place = places[parameter.name] else {
        throw FileError(.badData, path, "has no tensor \"\(parameter.name)\"")
      }
      guard place.entry.shape == parameter.shape else {
        throw FileError(
          .badData, place.file.path,
          "tensor \"\(place.entry.name)\" has the shape \(place.entry.shape), but the "
            + "configuration's is \(parameter.shape)")
      }
      found.append((place, index))
    }
    let names = Set(dictionary.parameters.map(\.name))
    if let name = places.keys.filter({ !names.contains($0) }).sorted().first {
      throw FileError(
        .badData, path, "has a tensor \"\(name)\", which the configuration's UNet has not")
    }
    for ((file, entry), index) in found {
      let values = try file.values(entry.name)
      dictionary.set(index, values)
    }
  }

  /// The name that diffusers gives today to a tensor of an old file.
  private static func presentName(of name: String) -> String {
    guard name.contains(".attentions.") else { return name }
    var parts = name.split(separator: ".").map(String.init)
    let present = ["query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"]
    if let index = parts.indices.dropLast().last, let new = present[parts[index]] {
      parts[index] = new
    }
    return parts.joined(separator: ".")
  }
}
