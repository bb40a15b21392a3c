import Training

extension GAN {
  /// The generator's parameters and buffers.
  var generatorArrays: SlabArrays {
    SlabArrays(generatorOptimizer.slab) + SlabArrays(generatorBuffers)
  }

  /// The discriminator's parameters and buffers.
  var discriminatorArrays: SlabArrays {
    SlabArrays(discriminatorOptimizer.slab) + SlabArrays(discriminatorBuffers)
  }

  /// The parameters and buffers of the generator's average.
  var averageArrays: SlabArrays { SlabArrays(average.parameters) + SlabArrays(average.buffers) }
}
