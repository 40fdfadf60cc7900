# frozen_string_literal: true

require "tmpdir"

module Renderiq
  # <tt>client.renders</tt>: order, wait, download, order again.
  #
  # Options such as +style+, +quality+ and +prompt+ are those of Models::OPTION_NAMES. A picture is the path of its
  # file, or an IO with its bytes.
  class Renders
    # How long the server holds a request until the render changes.
    WAIT_SECONDS = 20
    # The seconds between an answer and the next request.
    WAIT_PAUSE = 1.0
    private_constant :WAIT_SECONDS, :WAIT_PAUSE

    def initialize(api, uploads)
      @api = api
      @uploads = uploads
    end

    # Orders a render of a viewport capture, and returns what was accepted, as Models::RenderAccepted.
    #
    # Pictures that are too large for a request are uploaded first. Raises InsufficientCreditsError, ValidationError, or
    # another Error.
    def create(image, depth_image: nil, material_id_image: nil, normal_image: nil, idempotency_key: nil, **options)
      pictures = { image: image, depth_image: depth_image, material_id_image: material_id_image,
                   normal_image: normal_image }
      files = Options.read_pictures(pictures)
      fields = Options.wire(options)
      if files.sum { |_, file| file.content.bytesize } > Options::MAX_BYTES_IN_ORDER
        files.each { |name, file| fields[Options::IMAGES[name].upload] = upload(pictures[name], name, file) }
        files = {}
      end
      order(fields, files.transform_keys { |name| Options::IMAGES[name].file }, idempotency_key)
    end

    # Returns a render, as Models::RenderOut. Raises NotFoundError.
    def get(render_id)
      Models::RenderOut.read(@api.call("GET", "/renders/#{render_id}").data)
    end

    # Returns an Enumerator of your renders, from new to old. +status+, +projectId+ and +platform+ filter them.
    def list(**query)
      Pages.each(@api, "/renders", "renders", Models::RenderOut, query)
    end

    # Waits until a render has completed, and returns it.
    #
    # Raises RenderFailedError if it failed or was cancelled, and WaitTimeoutError after +timeout+ seconds.
    def wait(render_id, timeout: 600)
      ends_at = @api.clock.now + timeout
      loop do
        render = get_changed(render_id)
        return render if ended?(render)

        if @api.clock.now >= ends_at
          raise WaitTimeoutError.new("WAIT_TIMEOUT", "The render is not ready yet. It goes on.", retryable: true)
        end

        @api.clock.sleep(WAIT_PAUSE)
      end
    end

    # Writes the picture of a completed render to a file, whole or not at all. Returns the path.
    #
    # +render+ is one that was waited for, or an id. Raises StateError if there is no picture.
    def download(render, path)
      render = get(render) if render.is_a?(String)
      raise StateError.new("NO_OUTPUT", "The render has no picture yet.") unless render.output_url

      Files.replace(path.to_s) { |file| @api.download(render.output_url, file) }
    end

    # Orders a render again. +changes+ are options; nil gives an option its default: <tt>{ seed: nil }</tt>.
    def again(render_id, changes: {}, count: nil, idempotency_key: nil)
      body = { changes: Options.wire(changes) }
      body[:count] = count if count
      Models::RenderAccepted.read(
        @api.call("POST", "/renders/#{render_id}/again", json: body, key: idempotency_key).data
      )
    end

    # Cancels a render; its credits are returned. Raises ConflictError if it has ended.
    def cancel(render_id)
      Models::RenderOut.read(@api.call("DELETE", "/renders/#{render_id}").data)
    end

    # Returns what an order would cost, and whether the balance is enough, as Models::EstimateOut.
    def estimate(**options)
      Models::EstimateOut.read(@api.call("POST", "/renders/estimate", json: Options.wire(options).compact).data)
    end

    private

    def order(fields, files, key)
      Models::RenderAccepted.read(@api.call("POST", "/renders", body: Bodies.form(fields, files), key: key).data)
    end

    def get_changed(render_id)
      headers = { "Prefer" => "wait=#{WAIT_SECONDS}" }
      Models::RenderOut.read(@api.call("GET", "/renders/#{render_id}", headers: headers, wait: WAIT_SECONDS).data)
    end

    def ended?(render)
      case render.status
      when "cancelled"
        raise RenderFailedError.new("RENDER_CANCELLED", render.error || "The render was cancelled.",
                                    details: render.raw)
      when "failed"
        raise RenderFailedError.new(render.error_code || "RENDER_FAILED", render.error || "The render failed.",
                                    details: render.raw)
      end
      render.status == "completed"
    end

    def upload(picture, name, file)
      purpose = Options::IMAGES[name].purpose
      path = Bodies.path_of(picture)
      return @uploads.send_file(path, purpose: purpose).upload_id if path

      Dir.mktmpdir("renderiq-") do |folder|
        path = Files.write(File.join(folder, file.name), file.content)
        @uploads.send_file(path, purpose: purpose).upload_id
      end
    end
  end
end
