# frozen_string_literal: true

require "json"
require "securerandom"

module Renderiq
  # Bodies of requests: JSON, and forms with files.
  module Bodies
    # A body and its content type.
    Body = Struct.new(:content, :content_type)
    # A file of a form.
    Attachment = Struct.new(:name, :content, :content_type)

    # A file that is too large to be read into memory. +name+ is what it is stored as.
    LargeFile = Struct.new(:name, :path) do
      def self.of(name, path)
        new("#{name}#{File.extname(path.to_s)}", path.to_s)
      end
    end

    MAGIC = { "\x89PNG".b => "image/png", "\xFF\xD8\xFF".b => "image/jpeg", "glTF".b => "model/gltf-binary" }.freeze
    EXTENSIONS = {
      ".png" => "image/png", ".jpg" => "image/jpeg", ".jpeg" => "image/jpeg", ".glb" => "model/gltf-binary"
    }.freeze
    private_constant :MAGIC, :EXTENSIONS

    module_function

    # Returns the type of a file by its first bytes, or else by its name.
    def content_type(name, head)
      _, type = MAGIC.find { |magic, _| head.b.start_with?(magic) }
      type || EXTENSIONS.fetch(File.extname(name).downcase, "application/octet-stream")
    end

    # Reads a picture: the path of its file, or an IO with its bytes. +name+ is that of the file if there is no path.
    def read_picture(picture, name)
      path = path_of(picture)
      content = path ? File.binread(path) : picture.read.b
      type = content_type(path || name, content[0, 8])
      Attachment.new(path ? File.basename(path) : "#{name}#{EXTENSIONS.key(type)}", content, type)
    end

    # Returns the path of a picture, or nil if there are only its bytes.
    def path_of(picture)
      return picture.to_path if picture.respond_to?(:to_path)

      picture.respond_to?(:read) ? nil : picture
    end

    # Returns a body of JSON.
    def json(value)
      Body.new(JSON.generate(value).b, "application/json")
    end

    # Returns a form (RFC 7578). Fields without a value are left out; objects are JSON.
    def form(fields, files)
      boundary = "renderiq-#{SecureRandom.hex(16)}"
      content = "".b
      fields.each do |name, value|
        next if value.nil?

        content << "--#{boundary}\r\nContent-Disposition: form-data; name=\"#{name}\"\r\n\r\n".b
        content << text(value) << "\r\n"
      end
      files.each do |name, file|
        content << file_head(boundary, name, file).b << file.content << "\r\n"
      end
      Body.new(content << "--#{boundary}--\r\n", "multipart/form-data; boundary=#{boundary}")
    end

    def file_head(boundary, name, file)
      safe = file.name.encode("UTF-8").tr("\"\r\n", "'  ")
      "--#{boundary}\r\nContent-Disposition: form-data; name=\"#{name}\"; filename=\"#{safe}\"\r\n" \
        "Content-Type: #{file.content_type}\r\n\r\n"
    end
    private_class_method :file_head

    def text(value)
      (value.is_a?(String) || value.is_a?(Symbol) ? value.to_s.encode("UTF-8") : JSON.generate(value)).b
    end
    private_class_method :text
  end
end
