# frozen_string_literal: true

module Renderiq
  # The pictures and options of an order: Ruby's names become those of the wire.
  module Options
    # The fields of the wire for a picture: for its file, and for an upload of it; and the purpose of that upload.
    Fields = Struct.new(:file, :upload, :purpose)

    IMAGES = {
      image: Fields.new("uploadedImageData", "uploadId", "capture"),
      depth_image: Fields.new("depthImage", "depthUploadId", "depth"),
      material_id_image: Fields.new("materialIdImage", "materialIdUploadId", "materialId"),
      normal_image: Fields.new("normalImage", "normalUploadId", "normal"),
      model_file: Fields.new("modelFile", "modelUploadId", "model")
    }.freeze
    # What an order cannot contain: it has no field for the file of a 3D model.
    ALWAYS_UPLOADED = %w[model_file].freeze
    # Pictures that have together more bytes are uploaded before the order.
    MAX_BYTES_IN_ORDER = 4_000_000

    module_function

    # Reads the pictures that were given, by their names here.
    def read_pictures(pictures)
      pictures.compact.map { |name, picture| [name, Bodies.read_picture(picture, name.to_s)] }.to_h
    end

    # Returns the options under their names on the wire. Unknown ones keep their names.
    def wire(options)
      options.transform_keys { |name| Models::OPTION_NAMES.fetch(name.to_sym, name.to_s) }
    end
  end
end
