# frozen_string_literal: true

require "digest"
require "securerandom"

module Renderiq
  # <tt>client.uploads</tt>: files that are too large for an order go to storage in parts, and may be interrupted.
  class Uploads
    PARALLEL = 4
    # Ruby loads a digest at its first use, and fails if two threads use it first at the same time, as parts do.
    MD5 = Digest::MD5
    SHA256 = Digest::SHA256

    def initialize(api, parallel: PARALLEL)
      @api = api
      @parallel = parallel
    end

    # Uploads a file and returns the upload, which is ready, as Models::UploadOut.
    #
    # The same file for the same purpose is the same upload: a call that was interrupted, also by the end of its
    # process, goes on where it stopped. The block is called with the bytes that have arrived and the bytes of the
    # file. +cancel+ is called often, and stops the upload when it returns true: CancelledError is raised then, and
    # the upload deleted. Raises Error.
    def send_file(path, purpose: "capture", cancel: nil, &progress)
      file = LocalFile.read(path, @api.runtime)
      key = "#{file.sha256}-#{purpose}"
      # The first key is used up if its upload was deleted or has failed.
      [key, "#{key}-#{SecureRandom.hex(16)}"].each do |each|
        sending = Sending.new(@api, file, purpose, each, parallel: @parallel, cancel: cancel, progress: progress)
        upload = begun(sending)
        return sending.finish(upload) if upload
      end
      raise NotFoundError.new("NOT_FOUND", "The upload was deleted while it was begun.", status: 404)
    end

    # Returns an upload, as Models::UploadOut. Raises NotFoundError.
    def get(upload_id)
      Models::UploadOut.read(@api.call("GET", "/uploads/#{upload_id}").data)
    end

    # Deletes an upload. Raises ConflictError while a render needs it.
    def delete(upload_id)
      @api.call("DELETE", "/uploads/#{upload_id}")
      nil
    end

    private

    # Returns nil if the upload is of no use any more.
    def begun(sending)
      upload = sending.begin
      upload.status == "failed" ? nil : sending.find_state(upload)
    rescue NotFoundError
      nil
    end
  end

  # A file to upload. +bytes+ is its size; +sha256+ is in hexadecimal.
  LocalFile = Struct.new(:path, :bytes, :content_type, :sha256) do
    # Reads the file once, for its hash.
    def self.read(path, runtime)
      digest = Uploads::SHA256.new
      head = "".b
      bytes = 0
      File.open(path, "rb") do |file|
        while (chunk = file.read(1 << 20))
          head = chunk[0, 16] if bytes.zero?
          bytes += chunk.bytesize
          digest << chunk
          runtime.breathe
        end
      end
      new(path.to_s, bytes, Bodies.content_type(path.to_s, head), digest.hexdigest)
    end

    def name
      File.basename(path)
    end

    # Returns the bytes of a part. Parts count from 1.
    def part(number, part_size, size)
      File.binread(path, size, (number - 1) * part_size)
    end
  end

  # One upload while it is sent. +key+ is the +Idempotency-Key+ of its announcement.
  class Sending
    MAX_HASHED_BYTES = 1_000_000_000
    MAX_SIGNED_PARTS = 100
    # How often a part is signed anew after storage has refused it.
    MAX_SIGNATURES = 3
    MAX_COMPLETIONS = 4
    private_constant :MAX_HASHED_BYTES, :MAX_SIGNED_PARTS, :MAX_SIGNATURES, :MAX_COMPLETIONS

    def initialize(api, file, purpose, key, parallel: Uploads::PARALLEL, cancel: nil, progress: nil)
      @api = api
      @file = file
      @purpose = purpose
      @key = key
      @parallel = parallel
      @cancel = cancel
      @progress = progress
      @urls = {}
      @arrived = 0
      @mutex = Mutex.new
    end

    # Announces the file. The same key gives the same upload.
    def begin
      body = { fileName: @file.name, contentType: @file.content_type, size: @file.bytes, purpose: @purpose }
      body[:sha256] = @file.sha256 if @file.bytes <= MAX_HASHED_BYTES
      upload = Models::UploadOut.read(@api.call("POST", "/uploads", json: body, key: @key).data)
      @urls = (upload.parts || []).select(&:url).map { |part| [part.part_number, part.url] }.to_h
      upload
    end

    # Returns what has become of an upload that was begun earlier. Raises NotFoundError.
    def find(upload_id)
      Models::UploadOut.read(@api.call("GET", "/uploads/#{upload_id}").data)
    end

    # Returns the upload with what storage has of it.
    def find_state(upload)
      upload.status == "ready" ? upload : find(upload.upload_id)
    end

    # Sends what is missing of an upload that was looked at just now, and completes it.
    def finish(upload)
      if upload.status == "ready"
        report(@file.bytes)
        return upload
      end
      sizes = (upload.parts || []).map { |part| [part.part_number, part.size] }.to_h
      missing = (upload.parts || []).reject(&:received).map(&:part_number)
      there = sizes.keys - missing
      report(sizes.values_at(*there).sum) if there.any?
      send_and_complete(upload, sizes, missing)
    end

    private

    def send_and_complete(upload, sizes, missing)
      MAX_COMPLETIONS.times do
        send_parts(upload, sizes, missing)
        begin
          return Models::UploadOut.read(@api.call("POST", "/uploads/#{upload.upload_id}/complete", json: {}).data)
        rescue ConflictError => e
          missing = (e.details["missingParts"] || []) & sizes.keys
          raise if e.code != "UPLOAD_INCOMPLETE" || missing.empty?

          @arrived -= sizes.values_at(*missing).sum
        end
      end
      raise ConflictError.new("UPLOAD_INCOMPLETE", "Parts of the upload do not arrive.", status: 409, retryable: true)
    end

    def send_parts(upload, sizes, numbers)
      stop_if_cancelled
      (numbers - @urls.keys).each_slice(MAX_SIGNED_PARTS) { |some| sign(upload, some) }
      @api.runtime.each(numbers, @parallel) { |number| send_part(upload, number, sizes[number]) }
      stop_if_cancelled
    rescue CancelledError
      delete(upload)
      raise
    end

    def send_part(upload, number, size)
      stop_if_cancelled
      content = @file.part(number, upload.part_size, size)
      headers = { "Content-MD5" => Uploads::MD5.base64digest(content) }
      signatures = 0
      begin
        @api.put(@urls[number], content, headers)
      rescue PermissionDeniedError # the URL has expired
        raise if (signatures += 1) > MAX_SIGNATURES

        stop_if_cancelled
        sign(upload, [number])
        retry
      end
      report(size)
    end

    def sign(upload, numbers)
      data = @api.call("POST", "/uploads/#{upload.upload_id}/parts", json: { partNumbers: numbers }).data
      data["parts"].each { |part| @urls[part["partNumber"]] = part["url"] }
    end

    def delete(upload)
      @api.call("DELETE", "/uploads/#{upload.upload_id}")
    rescue Error
      nil # an upload that cannot be deleted now ends by itself after a day
    end

    def report(more)
      @mutex.synchronize { @arrived += more }
      @api.runtime.outside { @progress.call(@arrived, @file.bytes) } if @progress
    end

    def stop_if_cancelled
      raise CancelledError.new("CANCELLED", "The upload was cancelled.") if @cancel&.call
    end
  end
end
